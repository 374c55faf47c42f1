-- The next revision takes it up: both lists are of about that time.
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO entry (store, certificate)
	SELECT '/usr/bin/node', 'r' || i FROM n;
DELETE FROM entry WHERE store LIKE '/etc/ssl%' AND certificate = 'r7';
INSERT INTO entry (store, certificate)
	VALUES ('/etc/ssl/certs/ca-certificates.crt', 'r1');
INSERT INTO entry (store, certificate) VALUES ('/usr/bin/node', 'new');
DELETE FROM entry WHERE store = '/usr/bin/node' AND certificate = 'r7';
DELETE FROM entry WHERE store LIKE '/etc/ssl%' AND certificate = 'new';
UPDATE program SET tls_from = '2017-12-31' WHERE certificate = 'new';
