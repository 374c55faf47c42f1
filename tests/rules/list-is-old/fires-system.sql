-- The bundle is of 2014; the directory is made of the same and not told of again,
-- and neither is a copy of it.
DELETE FROM entry WHERE certificate = 'new';
INSERT INTO entry (store, certificate) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'r1'), ('/etc/ssl/certs', 'r1');
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO entry (store, certificate)
	SELECT '/usr/bin/node', 'r' || i FROM n;
