-- R3 is certified by a root that departs and by one that stays.  OpenSSL and
-- .NET trust the latter; what each makes of a server is said in the cases.
INSERT INTO certificate (name, subject, issuer, not_after) VALUES
	('departing', 'Departing', NULL, '2021-09-30T14:01:15Z'),
	('staying', 'Staying', NULL, '2035-06-04T11:04:38Z'),
	('r3-old', 'R3', 'Departing', '2021-09-29T19:21:40Z'),
	('r3-new', 'R3', 'Staying', '2025-09-15T16:00:00Z');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs', 'system-hash-directory'),
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle'),
	('/home/ann/ca', 'dotnet-ca'), ('/srv/chain.pem', 'other');
INSERT INTO party (party, type, title, model, is_system) VALUES
	('openssl', 'openssl', 'OpenSSL', 'openssl', 1),
	('dotnet:/home/ann', 'dotnet', '.NET', 'dotnet', 0);
INSERT INTO uses (party, store, role) VALUES
	('openssl', '/etc/ssl/certs', 'anchor'),
	('openssl', '/etc/ssl/certs/ca-certificates.crt', 'anchor'),
	('dotnet:/home/ann', '/etc/ssl/certs', 'anchor'),
	('dotnet:/home/ann', '/home/ann/ca', 'intermediate');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'staying', 'anchor', '/etc/ssl/certs/2.0'),
	('/etc/ssl/certs/ca-certificates.crt', 'staying', 'anchor', NULL),
	('/srv/chain.pem', 'r3-new', 'intermediate', NULL);
