-- Who has the variable has the authority; a service may not.
INSERT INTO setting (name, program, effect, source, target, present, owner, store) VALUES
	('NODE_EXTRA_CA_CERTS', 'node deno bun', 'adds', 'environment', '/etc/ssl/certs/ca-certificates.crt', 1, 'root',
	 '/etc/ssl/certs/ca-certificates.crt');
