-- The runtime's own configuration points to the system's list.
INSERT INTO setting (name, program, effect, path, target, present, store) VALUES
	('cafile', 'npm node', 'replaces', '/etc/noderc', '/etc/ssl/certs/ca-certificates.crt', 1,
	 '/etc/ssl/certs/ca-certificates.crt');
