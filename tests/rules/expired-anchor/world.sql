INSERT INTO certificate (name, subject, not_after) VALUES
	('addtrust', 'AddTrust', '2020-05-30T10:48:38Z'),
	('usertrust', 'USERTrust', '2038-01-18T23:59:59Z');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle'), ('/usr/bin/node', 'node-binary');
INSERT INTO party (party, type, title, own_list, is_system) VALUES
	('gnutls:/', 'gnutls', 'GnuTLS', 0, 1), ('node:/usr/bin/node', 'node', 'Node.js', 1, 0);
INSERT INTO uses (party, store) VALUES
	('gnutls:/', '/etc/ssl/certs/ca-certificates.crt'), ('node:/usr/bin/node', '/usr/bin/node');
INSERT INTO entry (store, certificate, "offset") VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'usertrust', 0), ('/usr/bin/node', 'addtrust', 4096);
