-- A few of one's own do not age.
DELETE FROM program WHERE certificate <> 'r1';
INSERT INTO file (store, path) VALUES ('/srv/cacert.pem', '/srv/cacert.pem'), ('/etc/ssl/cert.pem', '/etc/ssl/cert.pem');
INSERT INTO setting (name, program, effect, path, target, present, store) VALUES
	('cafile', 'npm', 'replaces', '/etc/npmrc', '/srv/cacert.pem', 1, '/srv/cacert.pem');
