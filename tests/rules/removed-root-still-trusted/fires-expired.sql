-- A removed root that has expired is no danger, except for Java, whose handshake
-- does not look at an anchor's dates.
UPDATE party SET model = 'java' WHERE type = 'java';
UPDATE certificate SET not_after = '2021-09-25T00:00:00Z' WHERE name = 'gone';
INSERT INTO earlier (now) VALUES ('2021-09-10T00:00:00Z');
INSERT INTO entry (store, certificate, scan) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'gone', 'earlier');
INSERT INTO entry (store, certificate, label, "offset") VALUES
	('/srv/jdk/lib/security/cacerts', 'gone', 'gone', 1000), ('/usr/bin/node', 'gone', NULL, 8192);
