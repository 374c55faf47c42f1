-- A system store and two runtimes with lists of their own, one of which is a
-- JDK.
INSERT INTO certificate (name, subject) VALUES
	('kept', 'Kept Root'), ('gone', 'Gone Root'), ('local', 'Local Root');
INSERT INTO store (path, kind, recipe) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle', 'debian-system-ca'),
	('/srv/jdk/lib/security/cacerts', 'java-cacerts', 'keytool-delete'),
	('/usr/bin/node', 'node-binary', NULL);
INSERT INTO party (party, type, title, own_list, is_system) VALUES
	('gnutls:/', 'gnutls', 'GnuTLS', 0, 1),
	('java:/srv/jdk', 'java', 'Java', 1, 0),
	('node:/usr/bin/node', 'node', 'Node.js', 1, 0);
INSERT INTO uses (party, store) VALUES
	('gnutls:/', '/etc/ssl/certs/ca-certificates.crt'),
	('java:/srv/jdk', '/srv/jdk/lib/security/cacerts'),
	('node:/usr/bin/node', '/usr/bin/node');
INSERT INTO entry (store, certificate, label, "offset") VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'kept', NULL, 0),
	('/srv/jdk/lib/security/cacerts', 'kept', 'kept', 12),
	('/srv/jdk/lib/security/cacerts', 'local', 'local', 2000),
	('/usr/bin/node', 'kept', NULL, 4096);
