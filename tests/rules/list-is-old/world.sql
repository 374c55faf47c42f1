-- Mozilla's list had 24 roots from 2014 on.  In 2016 it took up the 25th, and in
-- 2018 it dropped the first.  The system has it as of 2020, Node.js as of 2015.
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO certificate (name, subject)
	SELECT 'r' || i, 'Root ' || i FROM n;
INSERT INTO certificate (name, subject) VALUES
	('new', 'New Root'), ('corp', 'Corp Root');
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO program (certificate, tls_from, tls_until)
	SELECT 'r' || i, '2014-01-01', CASE i WHEN 1 THEN '2018-01-01' ELSE '' END
	FROM n;
INSERT INTO program (certificate, tls_from) VALUES ('new', '2016-01-01');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle'),
	('/etc/ssl/certs', 'system-hash-directory'),
	('/usr/bin/node', 'node-binary');
INSERT INTO party (party, type, title, own_list, is_system) VALUES
	('gnutls', 'gnutls', 'GnuTLS', 0, 1),
	('openssl', 'openssl', 'OpenSSL', 0, 1),
	('node:/usr/bin/node', 'node', 'Node.js', 1, 0);
INSERT INTO uses (party, store) VALUES
	('gnutls', '/etc/ssl/certs/ca-certificates.crt'),
	('openssl', '/etc/ssl/certs'),
	('node:/usr/bin/node', '/usr/bin/node');
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO entry (store, certificate)
	SELECT '/etc/ssl/certs/ca-certificates.crt', 'r' || i FROM n WHERE i > 1;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 24)
INSERT INTO entry (store, certificate)
	SELECT '/etc/ssl/certs', 'r' || i FROM n WHERE i > 1;
INSERT INTO entry (store, certificate) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'new'), ('/etc/ssl/certs', 'new');
