-- Twice in a list it is one finding.
INSERT INTO entry (store, certificate, "offset") VALUES
	('/srv/list.pem', 'rsa-512', 0), ('/srv/list.pem', 'rsa-1024', 1), ('/srv/list.pem', 'rsa-2047', 2),
	('/srv/list.pem', 'dsa', 3), ('/srv/list.pem', 'p192', 4), ('/srv/list.pem', 'md2', 5),
	('/srv/list.pem', 'md5', 6), ('/srv/list.pem', 'sha1', 7), ('/srv/list.pem', 'sha1', 8);
