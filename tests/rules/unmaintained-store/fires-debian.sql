-- Debian's own lists are made by its updater.
INSERT INTO store (path, kind) VALUES ('/etc/ca-certificates.conf', 'debian-ca-conf');
INSERT INTO file (store, path) VALUES ('/srv/cacert.pem', '/srv/cacert.pem'), ('/etc/ssl/cert.pem', '/etc/ssl/cert.pem');
INSERT INTO setting (name, program, effect, path, target, present, store) VALUES
	('cafile', 'npm', 'replaces', '/etc/npmrc', '/srv/cacert.pem', 1, '/srv/cacert.pem');
