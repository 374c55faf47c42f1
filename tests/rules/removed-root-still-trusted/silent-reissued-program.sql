-- The program removed one certificate and still trusts another of the same name
-- and key: the identity was not removed.
INSERT INTO certificate (name, subject, not_after) VALUES ('gone-2', 'Gone Root', '2045-01-01T00:00:00Z');
INSERT INTO store (path, kind) VALUES ('/srv/roots', 'other');
INSERT INTO entry (store, certificate) VALUES ('/srv/roots', 'gone-2');
INSERT INTO program (certificate, tls_from, tls_until) VALUES
	('gone', '2014-01-01', '2021-06-01'), ('gone-2', '2014-01-01', '');
INSERT INTO entry (store, certificate, "offset") VALUES ('/usr/bin/node', 'gone', 8192);
