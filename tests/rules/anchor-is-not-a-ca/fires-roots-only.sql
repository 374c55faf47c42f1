-- Plain OpenSSL wants a root.
UPDATE uses SET party = 'openssl';
INSERT INTO entry (store, certificate, "offset") VALUES
	('/etc/ssl/ca.pem', 'own', 0), ('/etc/ssl/ca.pem', 'issued', 2000);
