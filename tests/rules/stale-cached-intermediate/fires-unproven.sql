-- Nothing says that it ever led anywhere on this host.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'intermediate', '/home/ann/ca/r3-by-dst.pfx');
DELETE FROM entry WHERE certificate = 'isrg-root';
