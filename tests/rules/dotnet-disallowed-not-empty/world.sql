INSERT INTO certificate (name, subject) VALUES ('corp', 'Corp Root');
INSERT INTO store (path, kind, owner, recipe) VALUES
	('/home/ann/.dotnet/corefx/cryptography/x509stores/disallowed', 'dotnet-disallowed', 'ann', 'remove-file'),
	('/home/ann/.dotnet/corefx/cryptography/x509stores/root', 'dotnet-root', 'ann', 'remove-file');
INSERT INTO entry (store, certificate) VALUES ('/home/ann/.dotnet/corefx/cryptography/x509stores/root', 'corp');
INSERT INTO file (store, path) VALUES ('/home/ann/.dotnet/corefx/cryptography/x509stores/root',
	'/home/ann/.dotnet/corefx/cryptography/x509stores/root/A.pfx');
