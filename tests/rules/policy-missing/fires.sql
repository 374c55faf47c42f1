-- Everybody with a list for the whole web lacks what is not there at all;
-- others lack what they are named for.
INSERT INTO policy (kind, certificate, "key", subject, party, purpose, comment) VALUES
	('require', 'gone', NULL, NULL, NULL, NULL, 'the new root'),
	('require', NULL, 'B', NULL, 'openssl', NULL, NULL),
	('require', NULL, NULL, 'CN=Lost', 'java', NULL, NULL),
	('require', NULL, NULL, 'CN=Lost too', 'java', NULL, NULL),
	('require', 'a', NULL, NULL, 'database', NULL, NULL),
	('require', 'mail', NULL, NULL, 'openssl', NULL, NULL);
