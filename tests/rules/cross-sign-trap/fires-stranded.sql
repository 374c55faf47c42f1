-- The old intermediate was left in the system's two stores and its root is gone.
-- OpenSSL prefers it to the good one that a server sends: each store that has it
-- has to change.
INSERT INTO entry (store, certificate, role, location, label) VALUES
	('/etc/ssl/certs', 'r3-old', 'anchor', '/etc/ssl/certs/3.0', 'x'),
	('/etc/ssl/certs/ca-certificates.crt', 'r3-old', 'anchor', NULL, NULL);
INSERT INTO verdict (party, certificate, reason, at, good_until) VALUES
	('openssl', 'r3-new', 'no-issuer', 'r3-old', '2025-09-15T16:00:00Z');
