-- What OpenSSL follows is an expired root in its list: the finding is about the
-- authority below, one for both certificates of it.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'departing', 'anchor', '/etc/ssl/certs/1.0'),
	('/etc/ssl/certs', 'r3-new', 'intermediate', '/etc/ssl/certs/4.0');
INSERT INTO verdict (party, certificate, reason, at, good_until) VALUES
	('openssl', 'r3-old', 'expired', 'departing', '2025-09-15T16:00:00Z'),
	('openssl', 'r3-new', 'expired', 'departing', '2025-09-15T16:00:00Z');
INSERT INTO entry (store, certificate, role) VALUES ('/srv/chain.pem', 'r3-old', 'intermediate');
