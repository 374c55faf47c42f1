-- The root above ends within the days of warning.
INSERT INTO verdict (party, certificate, stops, stop_reason, good_until) VALUES
	('openssl', 'sub', '2021-09-30T00:00:00Z', 'expired', '2021-09-30T00:00:00Z');
