-- The system trusts a newer certificate of the same name and key.
INSERT INTO earlier (now) VALUES ('2021-09-10T00:00:00Z');
INSERT INTO certificate (name, subject, not_after) VALUES ('gone-2', 'Gone Root', '2045-01-01T00:00:00Z');
INSERT INTO entry (store, certificate, scan) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'gone', 'earlier'),
	('/etc/ssl/certs/ca-certificates.crt', 'gone-2', 'now');
INSERT INTO entry (store, certificate, "offset") VALUES ('/usr/bin/node', 'gone', 8192);
