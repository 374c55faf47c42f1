-- It works; root's own in root's home; a service's; what is no file.
INSERT INTO setting (name, program, effect, path, owner, target, present, store) VALUES
	('NODE_EXTRA_CA_CERTS', 'node', 'adds', '/etc/environment', '', '/srv/corp.pem', 1, '/srv/corp.pem'),
	('NODE_EXTRA_CA_CERTS', 'node', 'adds', '/root/.profile', 'root', '/root/corp.pem', 1, '/root/corp.pem'),
	('NODE_EXTRA_CA_CERTS', 'node', 'adds', '/etc/systemd/system/app.service', '', '/root/corp.pem', 1, '/root/corp.pem'),
	('NODE_USE_SYSTEM_CA', 'node', 'adds', '/etc/environment', '', NULL, -1, NULL);
