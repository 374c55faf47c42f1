INSERT INTO store (path, kind) VALUES ('/srv/cacert.pem', 'python-certifi');
INSERT INTO entry (store, certificate, "offset") VALUES ('/srv/cacert.pem', 'other', 0), ('/srv/cacert.pem', 'other', 10),
	('/srv/cacert.pem', 'corp', 20), ('/srv/cacert.pem', 'corp', 30), ('/srv/cacert.pem', 'corp', 40);
