-- GnuTLS's list has both; the last second of notAfter is too late.
INSERT INTO entry (store, certificate, "offset") VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'old', 0), ('/etc/ssl/certs/ca-certificates.crt', 'new', 2048);
