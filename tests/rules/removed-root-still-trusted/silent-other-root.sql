-- An earlier scan of another root says nothing about this one.
INSERT INTO earlier (now, root) VALUES ('2021-09-10T00:00:00Z', '/mnt');
INSERT INTO entry (store, certificate, scan) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'gone', 'earlier');
INSERT INTO entry (store, certificate, "offset") VALUES ('/usr/bin/node', 'gone', 8192);
