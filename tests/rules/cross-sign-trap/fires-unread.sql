-- What was found stays found; the store that was not read completely is unknown.
UPDATE store SET unread = 1 WHERE path = '/etc/ssl/certs/ca-certificates.crt';
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'r3-old', 'anchor', '/etc/ssl/certs/3.0');
INSERT INTO verdict (party, certificate, reason, at, good_until) VALUES
	('openssl', 'r3-new', 'no-issuer', 'r3-old', '2025-09-15T16:00:00Z');
