-- A cross-signed form of a root that the system trusts is not looked at, and
-- the root that signed it leads nobody astray.
INSERT INTO earlier (now) VALUES ('2021-09-19T00:00:00Z');
INSERT INTO entry (store, certificate, location, scan) VALUES
	('/etc/ssl/certs', 'dst-root', '/etc/ssl/certs/2e5ac55d.0', 'earlier');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'isrg-by-dst', 'intermediate', '/home/ann/ca/isrg-by-dst.pfx');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'dst-root', 'intermediate', '/home/ann/ca/dst-root.pfx');
