-- By certificate, by key for one type, by subject for one party.
INSERT INTO policy (kind, certificate, "key", subject, party, comment) VALUES
	('forbid', 'a', NULL, NULL, NULL, NULL), ('forbid', NULL, 'B', NULL, 'java', 'we left them'),
	('forbid', NULL, NULL, 'CN=Mail', 'openssl', NULL);
