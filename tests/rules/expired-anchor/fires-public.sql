-- Mozilla's program had it: every list that nobody updates has such ones.
INSERT INTO program (certificate, tls_from, tls_until) VALUES
	('addtrust', '<=2013-02-28', '2020-06-12');
