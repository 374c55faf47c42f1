-- Another user's, the system's own, and one for e-mail.
INSERT INTO entry (store, certificate, role, purposes) VALUES
	('/home/bob/.pki/nssdb', 'b', 'distrust', 0),
	('/etc/mono/disallowed', 'a', 'distrust', 8),
	('/etc/ssl/certs/ca-certificates.crt', 'c', 'distrust', 0);
INSERT INTO entry (store, certificate) VALUES ('/usr/bin/node', 'c');
