-- OPENSSLDIR's directory is the same one by another name: still one finding.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'b', 'anchor', '/etc/ssl/certs/bbbbbbbb.0');
INSERT INTO store (path, kind) VALUES ('/usr/lib/ssl/certs', 'system-hash-directory');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/usr/lib/ssl/certs', 'a', 'anchor', '/usr/lib/ssl/certs/aaaaaaaa.0'),
	('/usr/lib/ssl/certs', 'b', 'anchor', '/usr/lib/ssl/certs/bbbbbbbb.0');
