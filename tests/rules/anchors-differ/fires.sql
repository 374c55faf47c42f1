-- Somebody took two roots out of Node.js, and one out of the system.
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO entry (store, certificate)
	SELECT '/usr/bin/node', 'r' || i FROM n WHERE i > 1;
INSERT INTO entry (store, certificate) VALUES ('/usr/bin/node', 'new');
DELETE FROM entry WHERE store LIKE '/etc/ssl%' AND certificate = 'r9';
DELETE FROM entry WHERE store = '/usr/bin/node' AND certificate IN ('r5', 'r6');
