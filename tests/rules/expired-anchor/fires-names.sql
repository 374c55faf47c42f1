-- One keystore by the names of two JDKs, and by its own, by which nobody reads
-- it, and the system's directory by two names: all are made of the same sources, and
-- that is one finding, under the directory's own name.
INSERT INTO store (path, kind, real_path) VALUES
	('/etc/ssl/certs/java/cacerts', 'java-system', NULL),
	('/srv/a/cacerts', 'java-cacerts', '/etc/ssl/certs/java/cacerts'),
	('/srv/b/cacerts', 'java-cacerts', '/etc/ssl/certs/java/cacerts'),
	('/etc/ssl/certs', 'system-hash-directory', NULL),
	('/etc/pki/certs', 'system-hash-directory', '/etc/ssl/certs');
INSERT INTO party (party, type, title, own_list) VALUES
	('java:/srv/a', 'java', 'Java', 1), ('java:/srv/b', 'java', 'Java', 1),
	('openssl:/', 'openssl', 'OpenSSL', 0);
INSERT INTO uses (party, store) VALUES
	('java:/srv/a', '/srv/a/cacerts'), ('java:/srv/b', '/srv/b/cacerts'),
	('openssl:/', '/etc/ssl/certs'), ('openssl:/', '/etc/pki/certs');
INSERT INTO entry (store, certificate, label, location) VALUES
	('/etc/ssl/certs/java/cacerts', 'addtrust', 'old', '/etc/ssl/certs/java/cacerts'),
	('/srv/a/cacerts', 'addtrust', 'old', '/etc/ssl/certs/java/cacerts'),
	('/srv/b/cacerts', 'addtrust', 'old', '/etc/ssl/certs/java/cacerts'),
	('/etc/ssl/certs', 'addtrust', NULL, '/etc/ssl/certs/157753a5.0'),
	('/etc/pki/certs', 'addtrust', NULL, '/etc/pki/certs/157753a5.0');
