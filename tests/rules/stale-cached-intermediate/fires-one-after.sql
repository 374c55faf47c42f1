-- Only R3 is cached, and its root has left the system store since the last
-- scan.  When R3 has expired, .NET does not know its issuer and passes over it.
INSERT INTO earlier (now) VALUES ('2021-09-19T00:00:00Z');
INSERT INTO entry (store, certificate, location, scan) VALUES
	('/etc/ssl/certs', 'dst-root', '/etc/ssl/certs/2e5ac55d.0', 'earlier');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'intermediate', '/home/ann/ca/r3-by-dst.pfx');
