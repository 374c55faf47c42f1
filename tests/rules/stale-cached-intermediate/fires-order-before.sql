-- The same while the system trusts both roots: no order does any harm.
INSERT INTO entry (store, certificate, location, scan) VALUES
	('/etc/ssl/certs', 'dst-root', '/etc/ssl/certs/2e5ac55d.0', NULL);
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'dst-root', 'intermediate', '/home/ann/ca/dst-root.pfx');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'intermediate', '/home/ann/ca/r3-by-dst.pfx');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-isrg', 'intermediate', '/home/ann/ca/r3-by-isrg.pfx');
