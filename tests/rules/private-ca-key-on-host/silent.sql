-- Of nobody that is trusted; a server's own; of an authority that has expired.
INSERT INTO private (store, certificate, location) VALUES
	('/home/ann/.local/share/mkcert/rootCA-key.pem', 'other', '/home/ann/.local/share/mkcert/rootCA-key.pem'),
	('/etc/kubernetes/pki/ca.key', 'old', '/etc/kubernetes/pki/ca.key'),
	('/etc/ssl/private', 'server', '/etc/ssl/private/corp.key');
