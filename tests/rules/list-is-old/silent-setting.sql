-- It is there, and its only user is configured to take another.
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO entry (store, certificate)
	SELECT '/usr/bin/node', 'r' || i FROM n;
INSERT INTO setting (name, program, effect, path, target, present) VALUES
	('cafile', 'node', 'replaces', '/etc/noderc', '/etc/ssl/certs/ca-certificates.crt', 1);
