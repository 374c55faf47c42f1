-- May 2020: an old Node.js trusts AddTrust and lacks USERTrust RSA; the
-- certificate that links the two lies in an NSS database, untrusted.
INSERT INTO certificate (name, subject, issuer, not_after) VALUES
	('addtrust', 'AddTrust', NULL, '2020-05-30T10:48:38Z'),
	('usertrust', 'USERTrust RSA', NULL, '2038-01-18T23:59:59Z'),
	('usertrust-by-addtrust', 'USERTrust RSA', 'AddTrust', '2020-05-30T10:48:38Z'),
	('sectigo', 'Sectigo DV', 'USERTrust RSA', '2030-12-31T23:59:59Z');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle'),
	('/usr/bin/node', 'node-binary'), ('/home/ann/.pki/nssdb/cert9.db', 'nss-user');
INSERT INTO party (party, type, title, own_list, is_system, partial_chain) VALUES
	('gnutls:/', 'gnutls', 'GnuTLS', 0, 1, 1), ('node:/usr/bin/node', 'node', 'Node.js', 1, 0, 0),
	('nss:/home/ann', 'nss', 'NSS programs', 1, 0, 1);
INSERT INTO uses (party, store, role) VALUES
	('gnutls:/', '/etc/ssl/certs/ca-certificates.crt', 'anchor'),
	('node:/usr/bin/node', '/usr/bin/node', 'anchor'),
	('nss:/home/ann', '/home/ann/.pki/nssdb/cert9.db', 'anchor');
INSERT INTO entry (store, certificate, role, label, "offset") VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'usertrust', 'anchor', NULL, 0),
	('/usr/bin/node', 'addtrust', 'anchor', NULL, 4096),
	('/home/ann/.pki/nssdb/cert9.db', 'usertrust-by-addtrust', 'intermediate', 'crossed', 0);
