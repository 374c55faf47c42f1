-- Refused by what a .NET cache holds: stale-cached-intermediate says so.
INSERT INTO entry (store, certificate, role) VALUES ('/home/ann/ca', 'r3-old', 'intermediate');
INSERT INTO verdict (party, certificate, reason, at, good_until) VALUES
	('dotnet:/home/ann', 'r3-new', 'no-issuer', 'r3-old', '2025-09-15T16:00:00Z'),
	('dotnet:/home/ann', 'r3-old', 'no-issuer', 'r3-old', '2025-09-15T16:00:00Z');
