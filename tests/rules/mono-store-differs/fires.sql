-- The hook has not run since B came.
INSERT INTO entry (store, certificate) VALUES ('/usr/share/.mono/certs/Trust', 'a'),
	('/usr/share/.mono/certs/Trust', 'e');
