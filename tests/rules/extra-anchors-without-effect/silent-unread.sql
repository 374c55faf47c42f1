-- Something may be in what was not read.
UPDATE store SET unread = 1 WHERE path = '/srv/empty.pem';
INSERT INTO setting (name, program, effect, path, target, present, store) VALUES
	('NODE_EXTRA_CA_CERTS', 'node', 'adds', '/etc/environment', '/srv/empty.pem', 1, '/srv/empty.pem');
