-- Lists that are good, one that says no time, and one whose issuer made a new one
-- that says none.
INSERT INTO revocation (store, issuer, this_update, next_update, location) VALUES
	('/home/ann/.dotnet/corefx/cryptography/crls', 'CN=One', '2021-09-20T00:00:00Z', '2021-09-27T00:00:00Z',
		'/home/ann/.dotnet/corefx/cryptography/crls/00000001.00000001.crl'),
	('/etc/openvpn/crl.pem', 'CN=VPN', '2011-03-01T00:00:00Z', NULL, '/etc/openvpn/crl.pem'),
	('/etc/grid-security/certificates', 'CN=Grid', '2021-09-01T00:00:00Z', '2021-09-08T00:00:00Z',
		'/etc/grid-security/certificates/11111111.r0'),
	('/etc/grid-security/certificates', 'CN=Grid', '2021-09-09T00:00:00Z', NULL,
		'/etc/grid-security/certificates/11111111.r1');
