-- Another runtime's cache is not .NET's.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'dst-root', 'intermediate', '/home/ann/ca/dst-root.pfx');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'intermediate', '/home/ann/ca/r3-by-dst.pfx');
UPDATE party SET type = 'mono' WHERE type = 'dotnet';
