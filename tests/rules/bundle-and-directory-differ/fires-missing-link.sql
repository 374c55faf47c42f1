-- Added by the administrator, and its hash link is not there.
INSERT INTO entry (store, certificate, role, location, "offset") VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'b', 'anchor', NULL, 2000),
	('/usr/local/share/ca-certificates', 'b', 'source', '/usr/local/share/ca-certificates/b.crt', 0);
