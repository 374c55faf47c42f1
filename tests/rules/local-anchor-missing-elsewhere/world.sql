-- Corp is the administrator's own; the system store has it, and so does the JDK
-- but not Node.js.
INSERT INTO certificate (name, subject, not_after) VALUES
	('public', 'Public Root', '2040-01-01T00:00:00Z'),
	('corp', 'Corp Root', '2030-01-01T00:00:00Z');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle'),
	('/usr/local/share/ca-certificates', 'debian-local-ca'),
	('/srv/jdk/lib/security/cacerts', 'java-cacerts'), ('/usr/bin/node', 'node-binary');
INSERT INTO party (party, type, title, own_list, is_system) VALUES
	('gnutls:/', 'gnutls', 'GnuTLS', 0, 1), ('java:/srv/jdk', 'java', 'Java', 1, 0),
	('node:/usr/bin/node', 'node', 'Node.js', 1, 0);
INSERT INTO uses (party, store) VALUES
	('gnutls:/', '/etc/ssl/certs/ca-certificates.crt'),
	('java:/srv/jdk', '/srv/jdk/lib/security/cacerts'), ('node:/usr/bin/node', '/usr/bin/node');
INSERT INTO entry (store, certificate, "offset") VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'public', 0), ('/etc/ssl/certs/ca-certificates.crt', 'corp', 2000),
	('/srv/jdk/lib/security/cacerts', 'public', 12), ('/srv/jdk/lib/security/cacerts', 'corp', 1500),
	('/usr/bin/node', 'public', 4096);
INSERT INTO program (certificate, tls_from) VALUES ('public', '<=2013-02-28');
