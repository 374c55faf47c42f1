-- Only sessions have it.
INSERT INTO setting (name, program, effect, path, "option") VALUES
	('NODE_OPTIONS', 'node', 'adds', '/etc/environment', '--use-system-ca');
