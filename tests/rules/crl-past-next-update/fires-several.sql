-- Of the Grid's, one has a newer one beside it and one has one that is not valid
-- yet.  A new list for the same issuer does not make .NET's cached one good: it is
-- from another address.  A file may have two.
INSERT INTO revocation (store, issuer, this_update, next_update, location) VALUES
	('/etc/grid-security/certificates', 'CN=Replaced', '2021-09-01T00:00:00Z', '2021-09-08T00:00:00Z',
		'/etc/grid-security/certificates/11111111.r0'),
	('/etc/grid-security/certificates', 'CN=Replaced', '2021-09-20T00:00:00Z', '2021-10-08T00:00:00Z',
		'/etc/grid-security/certificates/11111111.r1'),
	('/etc/grid-security/certificates', 'CN=Early', '2021-09-01T00:00:00Z', '2021-09-08T00:00:00Z',
		'/etc/grid-security/certificates/22222222.r0'),
	('/etc/grid-security/certificates', 'CN=Early', '2021-12-01T00:00:00Z', '2021-12-08T00:00:00Z',
		'/etc/grid-security/certificates/22222222.r0'),
	('/etc/grid-security/certificates', 'CN=Other', '2021-08-01T00:00:00Z', '2021-09-01T00:00:00Z',
		'/etc/grid-security/certificates/22222222.r0'),
	('/home/ann/.dotnet/corefx/cryptography/crls', 'CN=One', '2021-09-01T00:00:00Z', '2021-09-08T00:00:00Z',
		'/home/ann/.dotnet/corefx/cryptography/crls/00000001.00000001.crl'),
	('/home/ann/.dotnet/corefx/cryptography/crls', 'CN=One', '2021-09-20T00:00:00Z', '2021-10-08T00:00:00Z',
		'/home/ann/.dotnet/corefx/cryptography/crls/00000001.00000002.crl'),
	('/home/ann/.dotnet/corefx/cryptography/crls', 'CN=Three', '2021-09-01T00:00:00Z', '2021-09-09T00:00:00Z',
		'/home/ann/.dotnet/corefx/cryptography/crls/00000003.00000001.crl');
