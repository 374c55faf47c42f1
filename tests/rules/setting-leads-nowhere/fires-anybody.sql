-- Below /tmp; what only moves a program's configuration counts there, too, and so
-- does one of several directories.
INSERT INTO setting (name, program, effect, path, line, target, present) VALUES
	('cafile', 'npm', 'replaces', '/etc/npmrc', 3, '/tmp/build/corp.pem', 0),
	('OPENSSL_CONF', 'openssl', 'moves', '/etc/environment', 1, '/tmp/openssl.cnf', 0),
	('SSL_CERT_DIR', 'openssl', 'replaces', '/etc/environment', 2, '/tmp/certs', 0),
	('SSL_CERT_DIR', 'openssl', 'replaces', '/etc/environment', 2, '/etc/ssl/certs', 1);
