-- Of two with elliptic keys cert-sync keeps one.
INSERT INTO entry (store, certificate) VALUES ('/usr/share/.mono/certs/Trust', 'a'),
	('/usr/share/.mono/certs/Trust', 'b'), ('/usr/share/.mono/certs/Trust', 'e');
