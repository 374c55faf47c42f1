INSERT INTO setting (name, value, program, effect, path) VALUES
	('SSL_CERT_FILE', '/srv/corp.pem', 'openssl', 'replaces', '/etc/environment'),
	('NODE_USE_SYSTEM_CA', '1', 'node', 'adds', '/etc/environment');
