-- Two copies in one list are one finding; a certificate of the same name and
-- key that is still valid is said to be there.
INSERT INTO certificate (name, subject, not_after) VALUES ('addtrust-2', 'AddTrust', '2030-01-01T00:00:00Z');
INSERT INTO entry (store, certificate, label, "offset") VALUES
	('/usr/bin/node', 'addtrust', NULL, 8192),
	('/etc/ssl/certs/ca-certificates.crt', 'addtrust-2', NULL, 2048);
