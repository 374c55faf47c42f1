-- Mozilla's list had both.
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs', 'ca-1'), ('/etc/ssl/certs', 'ca-2');
INSERT INTO program (certificate, tls_from) VALUES ('ca-1', '<=2013-02-28'), ('ca-2', '2022-06-10');
