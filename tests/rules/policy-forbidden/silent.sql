-- Not trusted: not there, not by that party, not for that, by nobody; and a line
-- that has ended.  An intermediate among anchors is none for these parties.
INSERT INTO policy (kind, certificate, party, purpose, until) VALUES ('forbid', 'b', 'openssl', NULL, NULL),
	('forbid', 'mail', NULL, 'serverAuth', NULL), ('forbid', 'gone', NULL, NULL, NULL),
	('forbid', 'a', NULL, NULL, '2021-09-25T00:00:00Z'), ('forbid', 'under', NULL, NULL, NULL),
	('allow', 'a', NULL, NULL, NULL), ('require', 'a', NULL, NULL, NULL);
