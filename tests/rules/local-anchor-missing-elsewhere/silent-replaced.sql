-- That file has it.
INSERT INTO store (path, kind) VALUES ('/srv/other.pem', 'redirected-file');
INSERT INTO entry (store, certificate) VALUES ('/srv/other.pem', 'corp');
INSERT INTO setting (name, program, effect, path, target, present, store) VALUES
	('cafile', 'node', 'replaces', '/etc/noderc', '/srv/other.pem', 1, '/srv/other.pem');
