-- A good path lasts longer (cross-sign-trap speaks), or what is accepted does;
-- what is refused already cannot break; nor may a limit of ours be taken for it.
INSERT INTO verdict (party, certificate, reason, stops, stop_reason, good_until) VALUES
	('openssl', 'sub', 'ok', '2021-09-30T00:00:00Z', 'expired', '2025-01-01T00:00:00Z'),
	('nss:/home/ann', 'sub', 'expired', NULL, NULL, NULL),
	('nss:/home/ann', 'sub-short', 'ok', '2021-09-20T00:00:00Z', 'limit', NULL);
INSERT INTO entry (store, certificate, role) VALUES ('/home/ann/cert9.db', 'sub-short', 'intermediate');
