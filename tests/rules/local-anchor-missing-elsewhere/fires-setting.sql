-- What does not help: a file without it, another program's setting.
INSERT INTO store (path, kind) VALUES ('/srv/other.pem', 'redirected-file');
INSERT INTO entry (store, certificate) VALUES ('/srv/other.pem', 'public');
INSERT INTO setting (name, program, effect, path, target, present, store) VALUES
	('cafile', 'node', 'adds', '/etc/noderc', '/srv/other.pem', 1, '/srv/other.pem'),
	('cafile', 'npm nodejs', 'replaces', '/etc/npmrc', '/etc/ssl/certs/ca-certificates.crt', 1,
	 '/etc/ssl/certs/ca-certificates.crt');
