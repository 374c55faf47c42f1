-- The system store was not read completely: whether the cached R3 leads to a
-- certificate in it, or later is skipped, is not known.  The other user's .NET
-- has its root in the cache, so it fails in any case once R3 has expired.
INSERT INTO earlier (now) VALUES ('2021-09-19T00:00:00Z');
INSERT INTO entry (store, certificate, location, scan) VALUES
	('/etc/ssl/certs', 'dst-root', '/etc/ssl/certs/2e5ac55d.0', 'earlier');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'intermediate', '/home/ann/ca/r3-by-dst.pfx');
UPDATE store SET unread = 1 WHERE path = '/etc/ssl/certs';
INSERT INTO store (path, kind, owner) VALUES ('/home/bob/ca', 'dotnet-ca', 'bob');
INSERT INTO party (party, type, title) VALUES ('dotnet:/home/bob', 'dotnet', '.NET');
INSERT INTO uses (party, store, role) VALUES
	('dotnet:/home/bob', '/etc/ssl/certs', 'anchor'),
	('dotnet:/home/bob', '/home/bob/ca', 'intermediate');
INSERT INTO entry (store, certificate, role) VALUES
	('/home/bob/ca', 'dst-root', 'intermediate'),
	('/home/bob/ca', 'r3-by-dst', 'intermediate');
