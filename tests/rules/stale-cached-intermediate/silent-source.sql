-- R3 lies in the cache in a form that .NET lists and does not build chains
-- with, and neither does it take DST's root for R3's issuer.
INSERT INTO earlier (now) VALUES ('2021-09-19T00:00:00Z');
INSERT INTO entry (store, certificate, location, scan) VALUES
	('/etc/ssl/certs', 'dst-root', '/etc/ssl/certs/2e5ac55d.0', 'earlier');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'source', '/home/ann/ca/r3-by-dst.pfx'),
	('/home/ann/ca', 'dst-root', 'source', '/home/ann/ca/dst-root.pfx');
