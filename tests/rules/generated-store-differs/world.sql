INSERT INTO certificate (name, subject) VALUES
	('a', 'A Root'), ('b', 'B Root'), ('c', 'C Root');
INSERT INTO store (path, kind, owner) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle', ''),
	('/usr/bin/node', 'node-binary', ''),
	('/home/ann/.pki/nssdb', 'nss', 'ann');
INSERT INTO party (party, type, title, own_list, is_system) VALUES
	('gnutls', 'gnutls', 'GnuTLS', 0, 1),
	('node:/usr/bin/node', 'node', 'Node.js', 1, 0),
	('nss:/home/ann', 'nss', 'NSS', 1, 0);
INSERT INTO uses (party, store) VALUES
	('gnutls', '/etc/ssl/certs/ca-certificates.crt'),
	('node:/usr/bin/node', '/usr/bin/node'),
	('nss:/home/ann', '/home/ann/.pki/nssdb');
INSERT INTO entry (store, certificate) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'a'),
	('/etc/ssl/certs/ca-certificates.crt', 'b'),
	('/usr/bin/node', 'a'), ('/usr/bin/node', 'b');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs/java/cacerts', 'java-system');
