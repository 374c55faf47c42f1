-- One copied into the directory by hand, another left over in the bundle.
INSERT INTO entry (store, certificate, location, "offset") VALUES
	('/etc/ssl/certs', 'b', '/etc/ssl/certs/bbbbbbbb.0', 0),
	('/etc/ssl/certs/ca-certificates.crt', 'c', NULL, 2000);
