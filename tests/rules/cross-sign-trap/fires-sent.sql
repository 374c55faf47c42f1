-- The certificate at fault is the one that is sent, and lies nowhere where the
-- party looks: its store with the other certificate of the authority is named.
-- What is at fault may also be the server's own certificate.
INSERT INTO entry (store, certificate, role) VALUES ('/srv/chain.pem', 'r3-old', 'intermediate');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'r3-new', 'anchor', '/etc/ssl/certs/4.0');
INSERT INTO verdict (party, certificate, reason, at, good_until) VALUES
	('openssl', 'r3-old', 'expired', 'r3-old', '2025-09-15T16:00:00Z'),
	('dotnet:/home/ann', 'r3-new', 'no-issuer', NULL, '2025-09-15T16:00:00Z');
