-- Without a line that allows something there is no list.
INSERT INTO policy (kind, certificate, until) VALUES ('require', 'gone', NULL), ('forbid', 'gone', NULL),
	('allow', 'gone', '2021-09-25T00:00:00Z');
