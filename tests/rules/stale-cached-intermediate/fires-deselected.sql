-- The root is deselected in ca-certificates.conf; the cache is a user's own
-- certificates, which .NET searches too.
UPDATE store SET kind = 'dotnet-my' WHERE kind = 'dotnet-ca';
UPDATE entry SET certificate = 'usertrust' WHERE certificate = 'isrg-root';
INSERT INTO certificate (name, subject) VALUES ('usertrust', 'USERTrust');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'end-entity', '/home/ann/ca/r3-by-dst.pfx');
INSERT INTO store (path, kind) VALUES ('/etc/ca-certificates.conf', 'debian-ca-conf');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ca-certificates.conf', 'dst-root', 'distrust',
		'/usr/share/ca-certificates/mozilla/DST_Root_CA_X3.crt');
