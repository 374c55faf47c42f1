-- .NET has no cache of it and takes the system's old intermediate, which has
-- expired; OpenSSL likewise, of which the evidence tells.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'r3-old', 'intermediate', '/etc/ssl/certs/3.0');
INSERT INTO verdict (party, certificate, reason, at, good_until) VALUES
	('dotnet:/home/ann', 'r3-new', 'expired', 'r3-old', '2025-09-15T16:00:00Z'),
	('openssl', 'r3-new', 'expired', 'r3-old', '2025-09-15T16:00:00Z');
