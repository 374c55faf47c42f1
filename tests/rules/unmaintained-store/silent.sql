-- A package's; young; not read by anybody.
INSERT INTO file (store, path, package, modified) VALUES ('/srv/cacert.pem', '/srv/cacert.pem', 'ca-bundle', '2020-01-01T00:00:00Z'),
	('/etc/ssl/cert.pem', '/etc/ssl/cert.pem', NULL, '2021-06-01T00:00:00Z');
INSERT INTO setting (name, program, effect, path, target, present, store) VALUES
	('cafile', 'npm', 'replaces', '/etc/npmrc', '/srv/cacert.pem', 1, '/srv/cacert.pem');
