-- The runtime's own configuration points to another list.
INSERT INTO program (certificate, tls_from, tls_until) VALUES ('gone', '<=2013-02-28', '2021-01-01');
INSERT INTO entry (store, certificate) VALUES ('/usr/bin/node', 'gone');
INSERT INTO setting (name, program, effect, path, target, present) VALUES
	('cafile', 'node', 'replaces', '/etc/noderc', '/etc/ssl/certs/ca-certificates.crt', 1);
