-- One certificate of the authority ends; servers may send the other one.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'sub-short', 'anchor', '/etc/ssl/certs/3.0');
INSERT INTO verdict (party, certificate, stops, stop_reason, good_until) VALUES
	('openssl', 'sub-short', '2021-09-20T00:00:00Z', 'expired', '2021-09-20T00:00:00Z'),
	('openssl', 'sub', '2025-01-01T00:00:00Z', 'expired', '2025-01-01T00:00:00Z');
