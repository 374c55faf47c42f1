INSERT INTO setting (name, program, effect, path, target, present, store) VALUES
	('NODE_EXTRA_CA_CERTS', 'node', 'adds', '/etc/environment', '/srv/empty.pem', 1, '/srv/empty.pem');
