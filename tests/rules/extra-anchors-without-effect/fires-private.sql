-- Nobody but root comes through /root; the second file is not readable itself.
UPDATE file SET mode = 384 WHERE path = '/srv/corp.pem';
INSERT INTO setting (name, program, effect, path, target, present, store) VALUES
	('NODE_EXTRA_CA_CERTS', 'node', 'adds', '/etc/environment', '/root/corp.pem', 1, '/root/corp.pem'),
	('NODE_EXTRA_CA_CERTS', 'node', 'adds', '/etc/profile.d/node.sh', '/srv/corp.pem', 1, '/srv/corp.pem');
