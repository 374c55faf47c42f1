INSERT INTO policy (kind, certificate, subject, party, comment, until) VALUES
	('allow', 'a', NULL, NULL, 'the old proxy', '2021-09-25T00:00:00Z'),
	('forbid', NULL, 'CN=B', 'java', NULL, '2021-09-24T00:00:00Z'),
	('require', NULL, 'CN=C', NULL, NULL, '2021-09-24T00:00:00Z'),
	('require', NULL, 'CN=C', 'java', NULL, '2021-09-24T00:00:00Z');
