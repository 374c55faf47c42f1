-- The good path is about to end, too.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'r3-old', 'anchor', '/etc/ssl/certs/3.0');
INSERT INTO verdict (party, certificate, reason, at, good_until) VALUES
	('openssl', 'r3-new', 'no-issuer', 'r3-old', '2021-09-30T00:00:00Z');
