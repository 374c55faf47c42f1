-- As policy init writes one for a host: a line for each certificate and type.
INSERT INTO certificate (name, subject)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90)
SELECT 'root ' || i, 'Root ' || i FROM n;
INSERT INTO store (path, kind)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
SELECT '/srv/' || i || '.pem', 'other' FROM n;
INSERT INTO party (party, type, title, own_list)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
SELECT 'program-' || i, 'program-' || i, 'Program ' || i, 1 FROM n;
INSERT INTO uses (party, store)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
SELECT 'program-' || i, '/srv/' || i || '.pem' FROM n;
INSERT INTO entry (store, certificate, "offset")
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90),
	m (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM m WHERE k < 20)
SELECT '/srv/' || k || '.pem', 'root ' || i, 1000 * i FROM n, m;
INSERT INTO policy (kind, certificate, party)
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90),
	m (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM m WHERE k < 20)
SELECT 'allow', 'root ' || i, 'program-' || k FROM n, m;
