INSERT INTO setting (name, program, effect, path, target, present) VALUES
	('NODE_EXTRA_CA_CERTS', 'node deno bun', 'adds', '/etc/environment', '/srv/gone.pem', 0);
INSERT INTO setting (name, program, effect, source, target, present) VALUES
	('NODE_EXTRA_CA_CERTS', 'node deno bun', 'adds', 'environment', '/srv/gone.pem', 0);
