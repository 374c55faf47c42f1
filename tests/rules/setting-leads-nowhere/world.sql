INSERT INTO certificate (name, subject) VALUES ('root', 'Root');
INSERT INTO store (path, kind) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'system-bundle');
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'root');
INSERT INTO party (party, type, title, is_system) VALUES ('gnutls:/', 'gnutls', 'GnuTLS', 1);
INSERT INTO uses (party, store) VALUES ('gnutls:/', '/etc/ssl/certs/ca-certificates.crt');
INSERT INTO directory (path, mode) VALUES ('/', 493), ('/etc', 493), ('/srv', 493), ('/tmp', 1023);
