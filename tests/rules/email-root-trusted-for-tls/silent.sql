-- For TLS once, and one that is nobody's.
INSERT INTO program (certificate, tls_from, tls_until, email_from) VALUES
	('a', '2014-01-01', '2018-01-01', '2014-01-01');
