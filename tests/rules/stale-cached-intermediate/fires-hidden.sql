-- A cached root hides the way that its cross-signed form would open.
INSERT INTO entry (store, certificate, location, scan) VALUES
	('/etc/ssl/certs', 'dst-root', '/etc/ssl/certs/2e5ac55d.0', NULL);
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'isrg-root', 'intermediate', '/home/ann/ca/isrg-root.pfx');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'isrg-by-dst', 'intermediate', '/home/ann/ca/isrg-by-dst.pfx');
DELETE FROM entry WHERE store = '/etc/ssl/certs' AND certificate = 'isrg-root';
