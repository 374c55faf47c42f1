-- What its distributor took up out of turn, and what has expired in it.
UPDATE certificate SET not_after = '2017-06-01T00:00:00Z' WHERE name = 'r7';
INSERT INTO certificate (name, subject) VALUES ('later', 'Later Root');
INSERT INTO certificate (name, subject) VALUES ('l2', 'Second Root'), ('l3', 'Third Root');
INSERT INTO program (certificate, tls_from) VALUES ('later', '2017-01-01'), ('l2', '2017-01-01'), ('l3', '2017-01-01');
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO entry (store, certificate)
	SELECT '/usr/bin/node', 'r' || i FROM n;
INSERT INTO entry (store, certificate) VALUES ('/usr/bin/node', 'later');
