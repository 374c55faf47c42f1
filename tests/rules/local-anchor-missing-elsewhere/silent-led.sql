-- Sessions and services lead Node.js to the system's list as well.
INSERT INTO setting (name, program, effect, path, value, target, store) VALUES
	('NODE_EXTRA_CA_CERTS', 'node deno bun', 'adds', '/etc/environment', '/etc/ssl/certs/ca-certificates.crt',
	 '/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/certs/ca-certificates.crt'),
	('NODE_EXTRA_CA_CERTS', 'node deno bun', 'adds', '/etc/systemd/system.conf.d/a.conf', '/etc/ssl/certs/ca-certificates.crt',
	 '/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/certs/ca-certificates.crt');
