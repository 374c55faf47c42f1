-- Another anchor signed it as well, and ends even earlier.
INSERT INTO certificate (name, subject, issuer, not_after) VALUES
	('old', 'Old Root', NULL, '2020-01-01T00:00:00Z'),
	('usertrust-by-old', 'USERTrust RSA', 'Old Root', '2020-01-01T00:00:00Z');
INSERT INTO entry (store, certificate, role, "offset") VALUES
	('/usr/bin/node', 'old', 'anchor', 8192),
	('/home/ann/.pki/nssdb/cert9.db', 'usertrust-by-old', 'intermediate', 0);
