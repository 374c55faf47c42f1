-- What is no certificate, too.
UPDATE store SET skipped = 1 WHERE kind = 'dotnet-disallowed';
INSERT INTO file (store, path) VALUES
	('/home/ann/.dotnet/corefx/cryptography/x509stores/disallowed', '/home/ann/.dotnet/corefx/cryptography/x509stores/disallowed/.keep'),
	('/home/ann/.dotnet/corefx/cryptography/x509stores/disallowed', '/home/ann/.dotnet/corefx/cryptography/x509stores/disallowed/A.pfx');
