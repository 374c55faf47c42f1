-- There, by each way of naming it; for a party that is not here; a line that has
-- ended; a private list that is not named.
INSERT INTO policy (kind, certificate, "key", subject, party, purpose, until) VALUES
	('require', 'a', NULL, NULL, NULL, NULL, NULL), ('require', NULL, 'A', NULL, NULL, NULL, NULL),
	('require', NULL, NULL, 'CN=A', NULL, NULL, NULL), ('require', 'mail', NULL, NULL, 'openssl', 'emailProtection', NULL),
	('require', 'gone', NULL, NULL, 'node', NULL, NULL),
	('require', 'gone', NULL, NULL, NULL, NULL, '2021-09-25T00:00:00Z'),
	('forbid', 'gone', NULL, NULL, NULL, NULL, NULL), ('allow', 'gone', NULL, NULL, NULL, NULL, NULL);
