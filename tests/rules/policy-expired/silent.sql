INSERT INTO policy (kind, certificate, until) VALUES ('allow', 'a', NULL),
	('forbid', 'b', '2021-09-25T00:00:01Z');
