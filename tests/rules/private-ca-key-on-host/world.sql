INSERT INTO certificate (name, subject) VALUES ('corp', 'Corp Root'), ('cluster', 'Cluster CA'), ('other', 'Other');
INSERT INTO certificate (name, subject, ca) VALUES ('server', 'Server', 0);
INSERT INTO certificate (name, subject, not_after) VALUES ('old', 'Old', '2020-01-01T00:00:00Z');
INSERT INTO store (path, kind) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'system-bundle'),
	('/home/ann/.local/share/mkcert/rootCA-key.pem', 'private-key'), ('/etc/kubernetes/pki/ca.key', 'private-key'),
	('/etc/ssl/private', 'private-keys'), ('/srv/trust.p12', 'java-cacerts'), ('/etc/kubernetes/ca.crt', 'kubernetes');
INSERT INTO party (party, type, title, is_system) VALUES ('gnutls:/', 'gnutls', 'GnuTLS', 1), ('java', 'java', 'Java', 0),
	('kubectl', 'kubectl', 'kubectl', 0);
INSERT INTO uses (party, store) VALUES ('gnutls:/', '/etc/ssl/certs/ca-certificates.crt'), ('kubectl', '/etc/kubernetes/ca.crt'),
	('java', '/srv/trust.p12');
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'corp'),
	('/etc/ssl/certs/ca-certificates.crt', 'server'), ('/etc/ssl/certs/ca-certificates.crt', 'old'),
	('/etc/kubernetes/ca.crt', 'cluster');
INSERT INTO file (store, path, mode, user) VALUES
	('/home/ann/.local/share/mkcert/rootCA-key.pem', '/home/ann/.local/share/mkcert/rootCA-key.pem', 256, 'ann'),
	('/etc/kubernetes/pki/ca.key', '/etc/kubernetes/pki/ca.key', 384, 'root'),
	('/etc/ssl/private', '/etc/ssl/private/corp.key', 420, 'root');
