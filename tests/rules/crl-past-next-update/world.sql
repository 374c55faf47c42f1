INSERT INTO store (path, kind, owner, recipe) VALUES
	('/home/ann/.dotnet/corefx/cryptography/crls', 'dotnet-crls', 'ann', 'remove-file'),
	('/etc/openvpn/crl.pem', 'openvpn-crl', '', NULL),
	('/etc/grid-security/certificates', 'grid-crls', '', NULL);
