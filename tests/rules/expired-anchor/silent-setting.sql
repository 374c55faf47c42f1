-- Its own configuration gives the only user of the list another one.
INSERT INTO setting (name, program, effect, path, target, present) VALUES
	('cafile', 'node', 'replaces', '/etc/noderc', '/etc/ssl/certs/ca-certificates.crt', 1);
