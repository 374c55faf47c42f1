INSERT INTO certificate (name, subject) VALUES ('root', 'Root');
INSERT INTO store (path, kind, owner) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'system-bundle', ''),
	('/usr/local/share/ca-certificates', 'debian-local-ca', ''), ('/opt/jdk/cacerts', 'java-cacerts', ''),
	('/opt/jre/cacerts', 'java-cacerts', ''), ('/home/ann/own.pem', 'redirected-file', 'ann'), ('/srv/app/ca.pem', 'other', '');
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'root'), ('/opt/jdk/cacerts', 'root'),
	('/opt/jre/cacerts', 'root'), ('/home/ann/own.pem', 'root'), ('/srv/app/ca.pem', 'root');
INSERT INTO party (party, type, title, is_system) VALUES ('gnutls:/', 'gnutls', 'GnuTLS', 1), ('java', 'java', 'Java', 0),
	('app', 'app', 'App', 0);
INSERT INTO uses (party, store) VALUES ('gnutls:/', '/etc/ssl/certs/ca-certificates.crt'), ('java', '/opt/jdk/cacerts'),
	('app', '/srv/app/ca.pem');
INSERT INTO directory (path) VALUES ('/'), ('/etc'), ('/etc/ssl'), ('/opt'), ('/opt/jdk'), ('/opt/jre'), ('/srv/app'),
	('/usr/local/share'), ('/usr/local/share/ca-certificates');
INSERT INTO directory (path, uid, gid, user) VALUES ('/home/ann', 1000, 1000, 'ann');
INSERT INTO file (store, path) VALUES ('/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/certs/ca-certificates.crt'),
	('/opt/jdk/cacerts', '/opt/jdk/cacerts'), ('/opt/jre/cacerts', '/opt/jre/cacerts');
INSERT INTO file (store, path, uid, gid, user) VALUES ('/home/ann/own.pem', '/home/ann/own.pem', 1000, 1000, 'ann'),
	('/srv/app/ca.pem', '/srv/app/ca.pem', 33, 33, 'www-data');
