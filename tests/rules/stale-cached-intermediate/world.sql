-- The certificates of September 2021, and a user of .NET.
INSERT INTO certificate (name, subject, issuer, not_before, not_after) VALUES
	('dst-root', 'DST Root CA X3', NULL, '2000-09-30T21:12:19Z', '2021-09-30T14:01:15Z'),
	('isrg-root', 'ISRG Root X1', NULL, '2015-06-04T11:04:38Z', '2035-06-04T11:04:38Z'),
	('r3-by-dst', 'R3', 'DST Root CA X3', '2020-10-07T19:21:40Z', '2021-09-29T19:21:40Z'),
	('r3-by-isrg', 'R3', 'ISRG Root X1', '2020-09-04T00:00:00Z', '2025-09-15T16:00:00Z'),
	('isrg-by-dst', 'ISRG Root X1', 'DST Root CA X3', '2021-01-20T19:14:03Z', '2024-09-30T18:14:03Z');
INSERT INTO store (path, kind, owner, recipe) VALUES
	('/etc/ssl/certs', 'system-directory', '', 'debian-system-ca'),
	('/home/ann/ca', 'dotnet-ca', 'ann', 'remove-file');
INSERT INTO party (party, type, title, is_system) VALUES
	('openssl:/', 'openssl', 'OpenSSL', 1), ('dotnet:/home/ann', 'dotnet', '.NET', 0);
INSERT INTO uses (party, store, role) VALUES
	('openssl:/', '/etc/ssl/certs', 'anchor'),
	('dotnet:/home/ann', '/etc/ssl/certs', 'anchor'),
	('dotnet:/home/ann', '/home/ann/ca', 'intermediate');
INSERT INTO entry (store, certificate, location) VALUES
	('/etc/ssl/certs', 'isrg-root', '/etc/ssl/certs/4042bcee.0');
