-- The outage: both are cached, and the root has left the system store.  There
-- is no earlier scan; that the root lies in the same cache says enough.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'dst-root', 'intermediate', '/home/ann/ca/dst-root.pfx');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'intermediate', '/home/ann/ca/r3-by-dst.pfx');
