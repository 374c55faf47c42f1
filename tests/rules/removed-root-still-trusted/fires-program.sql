-- Mozilla's program removed it on the first of June; the system's list, made of
-- the program's, does not have it.
INSERT INTO program (certificate, tls_from, tls_until, distrust_after) VALUES
	('kept', '<=2013-02-28', '', '2020-01-01'), ('gone', '2014-01-01', '2021-06-01', '');
INSERT INTO entry (store, certificate, "offset") VALUES ('/usr/bin/node', 'gone', 8192);
