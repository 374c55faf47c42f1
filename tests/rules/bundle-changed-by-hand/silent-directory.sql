-- The directory has not what the bundle has: bundle-and-directory-differ's.
INSERT INTO store (path, kind) VALUES ('/etc/ssl/certs', 'system-hash-directory');
INSERT INTO entry (store, certificate, role) VALUES
	('/etc/ssl/certs', 'a', 'anchor'),
	('/etc/ssl/certs/ca-certificates.crt', 'b', 'anchor');
