-- Accepted for longer than the warning; no good path that lasts as long; refused
-- by policy, or because of a limit of our own.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'r3-old', 'anchor', '/etc/ssl/certs/3.0');
INSERT INTO verdict (party, certificate, reason, at, stops, stop_reason, good_until) VALUES
	('openssl', 'r3-new', 'ok', NULL, '2025-09-15T16:00:00Z', 'expired', '2025-09-15T16:00:00Z'),
	('openssl', 'r3-old', 'no-issuer', 'r3-old', NULL, NULL, NULL),
	('dotnet:/home/ann', 'r3-new', 'weak', 'staying', NULL, NULL, '2025-09-15T16:00:00Z'),
	('dotnet:/home/ann', 'r3-old', 'limit', NULL, NULL, NULL, '2025-09-15T16:00:00Z');
