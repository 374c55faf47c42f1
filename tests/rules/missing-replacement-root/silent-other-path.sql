-- An anchor that lasts has signed it, too.
INSERT INTO certificate (name, subject, issuer, not_after) VALUES
	('aaa', 'AAA', NULL, '2028-12-31T23:59:59Z'),
	('usertrust-by-aaa', 'USERTrust RSA', 'AAA', '2028-12-31T23:59:59Z');
INSERT INTO entry (store, certificate, role, "offset") VALUES
	('/usr/bin/node', 'aaa', 'anchor', 8192),
	('/home/ann/.pki/nssdb/cert9.db', 'usertrust-by-aaa', 'intermediate', 0);
