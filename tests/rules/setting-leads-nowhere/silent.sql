-- There; not known; an addition (another rule); configuration that may be missing;
-- one of several directories.
INSERT INTO setting (name, program, effect, path, line, target, present) VALUES
	('cafile', 'npm', 'replaces', '/etc/npmrc', 3, '/srv/corp.pem', 1),
	('cert', 'pip', 'replaces', '/etc/pip.conf', 3, '/root/corp.pem', -1),
	('NODE_EXTRA_CA_CERTS', 'node', 'adds', '/etc/environment', 1, '/srv/extra.pem', 0),
	('OPENSSL_CONF', 'openssl', 'moves', '/etc/environment', 2, '/etc/own.cnf', 0),
	('SSL_CERT_DIR', 'openssl', 'replaces', '/etc/environment', 3, '/etc/ssl/certs', 1),
	('SSL_CERT_DIR', 'openssl', 'replaces', '/etc/environment', 3, '/etc/pki/tls/certs', 0);
