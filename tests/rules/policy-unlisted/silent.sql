-- All are listed.
INSERT INTO policy (kind, certificate, "key", subject, party) VALUES ('allow', 'a', NULL, NULL, NULL),
	('allow', NULL, 'B', NULL, NULL), ('allow', NULL, NULL, 'CN=Mail', 'openssl');
