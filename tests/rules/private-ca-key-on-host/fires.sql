-- A developer's; a cluster's own; one that everybody can read.
INSERT INTO private (store, certificate, location) VALUES
	('/home/ann/.local/share/mkcert/rootCA-key.pem', 'corp', '/home/ann/.local/share/mkcert/rootCA-key.pem'),
	('/etc/kubernetes/pki/ca.key', 'cluster', '/etc/kubernetes/pki/ca.key'),
	('/etc/ssl/private', 'corp', '/etc/ssl/private/corp.key');
