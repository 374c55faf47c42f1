-- One of two in .NET's cache, and the only list of a VPN.
INSERT INTO revocation (store, issuer, this_update, next_update, location) VALUES
	('/home/ann/.dotnet/corefx/cryptography/crls', 'CN=One', '2021-09-01T00:00:00Z', '2021-09-08T00:00:00Z',
		'/home/ann/.dotnet/corefx/cryptography/crls/00000001.00000001.crl'),
	('/home/ann/.dotnet/corefx/cryptography/crls', 'CN=Two', '2021-09-20T00:00:00Z', '2021-09-27T00:00:00Z',
		'/home/ann/.dotnet/corefx/cryptography/crls/00000002.00000002.crl'),
	('/etc/openvpn/crl.pem', 'CN=VPN', '2021-03-01T00:00:00Z', '2021-09-25T00:00:00Z', '/etc/openvpn/crl.pem');
