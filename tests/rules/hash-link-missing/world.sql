-- One directory: Go reads its files, OpenSSL its links.
INSERT INTO certificate (name, subject) VALUES
	('a', 'A Root'), ('b', 'B Root');
INSERT INTO certificate (name, subject, issuer, ca) VALUES
	('own', 'www.example', 'B Root', 0);
INSERT INTO store (path, kind, real_path) VALUES
	('/etc/ssl/certs', 'system-directory', NULL),
	('/usr/lib/ssl/certs', 'system-hash-directory', '/etc/ssl/certs');
INSERT INTO entry (store, certificate, location) VALUES
	('/etc/ssl/certs', 'a', '/etc/ssl/certs/a.pem'),
	('/usr/lib/ssl/certs', 'a', '/usr/lib/ssl/certs/01234567.0');
