-- In a directory of OpenSSL each list is a store: one of the same directory replaces
-- another, one of another directory does not.
INSERT INTO store (path, kind, instance) VALUES
	('/etc/ssl/certs/11111111.r0', 'openssl-crl', '/etc/ssl/certs'),
	('/etc/ssl/certs/11111111.r1', 'openssl-crl', '/etc/ssl/certs'),
	('/opt/openssl/ssl/certs/11111111.r0', 'openssl-crl', '/opt/openssl/ssl/certs');
INSERT INTO revocation (store, issuer, this_update, next_update, location) VALUES
	('/etc/ssl/certs/11111111.r0', 'CN=One', '2021-09-01T00:00:00Z', '2021-09-08T00:00:00Z',
		'/etc/ssl/certs/11111111.r0'),
	('/etc/ssl/certs/11111111.r1', 'CN=One', '2021-09-20T00:00:00Z', '2021-10-08T00:00:00Z',
		'/etc/ssl/certs/11111111.r1'),
	('/opt/openssl/ssl/certs/11111111.r0', 'CN=One', '2021-09-01T00:00:00Z', '2021-09-08T00:00:00Z',
		'/opt/openssl/ssl/certs/11111111.r0');
