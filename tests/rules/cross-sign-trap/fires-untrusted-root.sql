-- Its root is still among what the system keeps for paths, and is not trusted.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'departing', 'intermediate', '/etc/ssl/certs/1.0'),
	('/etc/ssl/certs', 'r3-old', 'intermediate', '/etc/ssl/certs/3.0');
INSERT INTO verdict (party, certificate, reason, at, good_until) VALUES
	('openssl', 'r3-new', 'untrusted-root', 'departing', '2025-09-15T16:00:00Z');
