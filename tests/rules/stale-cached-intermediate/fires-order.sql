-- Both forms of R3 are cached: while both are valid, the order in the directory
-- decides; then .NET takes the valid one.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'dst-root', 'intermediate', '/home/ann/ca/dst-root.pfx');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'intermediate', '/home/ann/ca/r3-by-dst.pfx');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-isrg', 'intermediate', '/home/ann/ca/r3-by-isrg.pfx');
