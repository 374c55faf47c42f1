-- Without a system store there is nothing to compare with.
INSERT INTO program (certificate, tls_from, tls_until) VALUES
	('gone', '2014-01-01', '2021-06-01');
INSERT INTO entry (store, certificate, "offset") VALUES ('/usr/bin/node', 'gone', 8192);
DELETE FROM entry WHERE store = '/etc/ssl/certs/ca-certificates.crt';
