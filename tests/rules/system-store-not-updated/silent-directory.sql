-- Bundle and directory differ, in both ways.
INSERT INTO store (path, kind) VALUES ('/etc/ssl/certs', 'system-hash-directory');
INSERT INTO entry (store, certificate, role) VALUES
	('/etc/ssl/certs', 'a', 'anchor'),
	('/etc/ssl/certs', 'corp', 'anchor'),
	('/usr/local/share/ca-certificates', 'corp', 'source'),
	('/etc/ssl/certs/ca-certificates.crt', 'b', 'anchor');
