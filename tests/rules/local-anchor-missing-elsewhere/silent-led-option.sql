-- The same by an option that names no file.
INSERT INTO setting (name, program, effect, path, "option") VALUES
	('NODE_OPTIONS', 'node', 'adds', '/etc/environment', '--use-system-ca'),
	('NODE_OPTIONS', 'node', 'adds', '/etc/systemd/system.conf', '--use-system-ca');
