-- Gone altogether, or not here.
INSERT INTO program (certificate, tls_from, tls_until, distrust_after) VALUES
	('a', '2014-01-01', '2024-12-01', '2024-11-30'),
	('b', '2014-01-01', '', ''), ('c', '2014-01-01', '', '2024-11-30');
