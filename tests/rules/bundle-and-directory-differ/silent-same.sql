-- The same certificates in both, one of them twice.
INSERT INTO entry (store, certificate, role, location, "offset") VALUES
	('/etc/ssl/certs', 'a', 'anchor', '/etc/ssl/certs/aaaaaaaa.1', 0),
	('/etc/ssl/certs/ca-certificates.crt', 'a', 'anchor', NULL, 2000);
