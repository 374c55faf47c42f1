-- The bundle speaks for the directory that is made with it.  Mozilla's list had one
-- of them only.
INSERT INTO store (path, kind) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'system-bundle');
INSERT INTO party (party, type, title) VALUES ('gnutls', 'gnutls', 'GnuTLS');
INSERT INTO uses (party, store, role) VALUES ('gnutls', '/etc/ssl/certs/ca-certificates.crt', 'anchor');
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs', 'ca-1'), ('/etc/ssl/certs', 'ca-2'),
	('/etc/ssl/certs/ca-certificates.crt', 'ca-1'), ('/etc/ssl/certs/ca-certificates.crt', 'ca-2');
INSERT INTO program (certificate, tls_from) VALUES ('ca-1', '<=2013-02-28');
