-- The same list; but Mozilla's program never had what has expired.
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO certificate (name, subject) SELECT 'r' || i, 'Root ' || i FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO program (certificate, tls_from, tls_until)
	SELECT 'r' || i, '2014-01-01', CASE WHEN i < 4 THEN '2016-01-01' ELSE '' END FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO entry (store, certificate) SELECT '/usr/bin/node', 'r' || i FROM n;
