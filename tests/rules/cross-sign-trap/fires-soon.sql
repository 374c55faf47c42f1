-- .NET takes the cached copy as long as its root is trusted, which ends 90 days
-- later: a warning before stale-cached-intermediate has anything to say.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-old', 'intermediate', '/home/ann/ca/48.pfx'),
	('/etc/ssl/certs', 'departing', 'anchor', '/etc/ssl/certs/1.0');
INSERT INTO verdict (party, certificate, stops, stop_reason, good_until) VALUES
	('dotnet:/home/ann', 'r3-new', '2021-09-29T19:21:40Z', 'expired', '2025-09-15T16:00:00Z'),
	('dotnet:/home/ann', 'r3-old', '2021-09-29T19:21:40Z', 'expired', '2021-09-29T19:21:40Z');
