-- A server's own certificate is not to be found there.
INSERT INTO entry (store, certificate, location) VALUES
	('/etc/ssl/certs', 'own', '/etc/ssl/certs/own.pem');
