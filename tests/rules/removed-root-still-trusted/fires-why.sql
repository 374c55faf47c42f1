-- Why a root left the program.
INSERT INTO certificate (name, subject) VALUES ('bad', 'Bad Root'),
	('half', 'Half Root');
INSERT INTO program (certificate, tls_from, tls_until, distrust_after, distrusted)
	VALUES ('gone', '2014-01-01', '2021-06-01', '', ''),
	('half', '2014-01-01', '2021-06-01', '2020-01-01', ''),
	('bad', '2014-01-01', '2021-06-01', '', 'yes');
INSERT INTO entry (store, certificate, "offset") VALUES
	('/usr/bin/node', 'gone', 8192), ('/usr/bin/node', 'half', 8193),
	('/usr/bin/node', 'bad', 8194);
