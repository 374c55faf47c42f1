-- One place, three settings: a file, the environment, a process.
INSERT INTO setting (name, program, effect, source, path, line, target, present) VALUES
	('cafile', 'npm', 'replaces', 'file', '/etc/npmrc', 3, '/srv/corp.pem', 0),
	('SSL_CERT_FILE', 'openssl go', 'replaces', 'environment', NULL, 0, '/srv/corp.pem', 0),
	('CURL_CA_BUNDLE', 'curl', 'replaces', 'process', '/usr/bin/git', 0, '/srv/corp.pem', 0),
	('SSL_CERT_FILE', 'openssl go', 'replaces', 'environment', NULL, 0, '/etc/gone.pem', 0);
