-- A system list, a runtime with its own, and a private one; one purpose each.
INSERT INTO certificate (name, subject) VALUES ('a', 'A'), ('b', 'B'), ('mail', 'Mail');
INSERT INTO certificate (name, subject, issuer) VALUES ('under', 'Under', 'A');
INSERT INTO store (path, kind) VALUES ('/etc/ssl/bundle', 'system-bundle'), ('/opt/java/cacerts', 'java-cacerts'),
	('/srv/clients.pem', 'other');
INSERT INTO party (party, type, title, own_list, is_system) VALUES ('openssl', 'openssl', 'OpenSSL', 0, 1),
	('java:/opt/java', 'java', 'Java', 1, 0), ('database', 'database', 'The database', 0, 0);
INSERT INTO uses (party, store) VALUES ('openssl', '/etc/ssl/bundle'), ('java:/opt/java', '/opt/java/cacerts'),
	('database', '/srv/clients.pem');
INSERT INTO entry (store, certificate, "offset") VALUES ('/etc/ssl/bundle', 'a', 0), ('/etc/ssl/bundle', 'under', 9),
	('/opt/java/cacerts', 'a', 0), ('/opt/java/cacerts', 'b', 5), ('/srv/clients.pem', 'b', 0);
-- emailProtection
INSERT INTO entry (store, certificate, "offset", purposes) VALUES ('/etc/ssl/bundle', 'mail', 20, 8);
