-- Only R3 is cached, the system still trusts its root.
INSERT INTO entry (store, certificate, location, scan) VALUES
	('/etc/ssl/certs', 'dst-root', '/etc/ssl/certs/2e5ac55d.0', NULL);
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'intermediate', '/home/ann/ca/r3-by-dst.pfx');
