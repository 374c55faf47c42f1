INSERT INTO program (certificate, email_from, email_until) VALUES
	('a', '2014-01-01', '2022-01-01');
INSERT INTO program (certificate, tls_from, email_from) VALUES
	('b', '2014-01-01', '2014-01-01');
UPDATE entry SET purposes = 8 WHERE store = '/usr/bin/node' AND certificate = 'a';
