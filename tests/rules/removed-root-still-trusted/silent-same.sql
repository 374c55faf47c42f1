-- What the system trusts, or never had, is nothing to report; nor is what is in
-- a list for another purpose than TLS servers.
INSERT INTO entry (store, certificate, purposes) VALUES ('/usr/bin/node', 'gone', 8);
INSERT INTO program (certificate, tls_from, tls_until) VALUES
	('gone', '2014-01-01', '2021-06-01');
