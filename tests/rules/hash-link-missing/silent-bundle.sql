-- The bundle has it.
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle');
INSERT INTO entry (store, certificate, location) VALUES
	('/etc/ssl/certs', 'b', '/etc/ssl/certs/b.pem'),
	('/etc/ssl/certs/ca-certificates.crt', 'b', NULL);
