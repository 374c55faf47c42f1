-- The directory and the copy for Java are made with the bundle, which speaks for
-- them; what only the directory has is told there.
INSERT INTO certificate (name, subject, not_after) VALUES ('stray', 'Stray Root', '2020-05-30T10:48:38Z');
INSERT INTO store (path, kind, real_path) VALUES ('/etc/ssl/certs', 'system-hash-directory', NULL),
	('/etc/ssl/certs/java/cacerts', 'java-system', NULL),
	('/srv/jdk/lib/security/cacerts', 'java-cacerts', '/etc/ssl/certs/java/cacerts');
INSERT INTO party (party, type, title, own_list, is_system) VALUES
	('openssl:/', 'openssl', 'OpenSSL', 0, 1), ('java:/srv/jdk', 'java', 'Java', 1, 0);
INSERT INTO uses (party, store) VALUES ('openssl:/', '/etc/ssl/certs'), ('java:/srv/jdk', '/srv/jdk/lib/security/cacerts');
DELETE FROM entry;
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'addtrust'), ('/etc/ssl/certs', 'addtrust'),
	('/etc/ssl/certs', 'stray'), ('/etc/ssl/certs/java/cacerts', 'addtrust'),
	('/srv/jdk/lib/security/cacerts', 'addtrust');
