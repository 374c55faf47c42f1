-- Mozilla's program had the root, which this host has seen in some other store
-- only.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'intermediate', '/home/ann/ca/r3-by-dst.pfx');
DELETE FROM entry WHERE certificate = 'isrg-root';
INSERT INTO store (path, kind) VALUES ('/srv/cacerts', 'java-cacerts');
INSERT INTO entry (store, certificate) VALUES ('/srv/cacerts', 'dst-root');
INSERT INTO program (certificate, tls_from, tls_until) VALUES
	('dst-root', '<=2013-02-28', '2021-12-13');
