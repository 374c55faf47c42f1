-- A list of 2015 has what was removed in 2018: list-is-old says so.
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO certificate (name, subject)
	SELECT 'r' || i, 'Root ' || i FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO program (certificate, tls_from, tls_until)
	SELECT 'r' || i, '2014-01-01', CASE i WHEN 1 THEN '2018-01-01' ELSE '' END
	FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO entry (store, certificate, "offset")
	SELECT '/usr/bin/node', 'r' || i, 9000 + i FROM n;
