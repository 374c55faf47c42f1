INSERT INTO program (certificate, tls_from, distrust_after) VALUES
	('a', '2014-01-01', '2024-11-30'), ('b', '2014-01-01', '');
