-- Only the good form is cached.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-isrg', 'intermediate', '/home/ann/ca/r3-by-isrg.pfx');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'isrg-by-dst', 'intermediate', '/home/ann/ca/isrg-by-dst.pfx');
