-- Debian's two lists and what they are made of.
INSERT INTO certificate (name, subject) VALUES
	('a', 'Root A'), ('b', 'Root B'), ('c', 'Root C');
INSERT INTO store (path, kind, recipe) VALUES
	('/etc/ssl/certs', 'system-hash-directory', 'debian-system-ca'),
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle', 'debian-system-ca'),
	('/etc/ca-certificates.conf', 'debian-ca-conf', NULL),
	('/usr/local/share/ca-certificates', 'debian-local-ca', NULL);
INSERT INTO party (party, type, title, is_system) VALUES
	('openssl:/', 'openssl', 'OpenSSL', 1), ('gnutls:/', 'gnutls', 'GnuTLS', 1);
INSERT INTO uses (party, store) VALUES
	('openssl:/', '/etc/ssl/certs'), ('gnutls:/', '/etc/ssl/certs/ca-certificates.crt');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'a', 'anchor', '/etc/ssl/certs/aaaaaaaa.0'),
	('/etc/ssl/certs/ca-certificates.crt', 'a', 'anchor', NULL),
	('/etc/ca-certificates.conf', 'a', 'source', '/usr/share/ca-certificates/mozilla/A.crt');
