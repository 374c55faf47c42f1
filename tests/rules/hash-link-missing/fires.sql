INSERT INTO entry (store, certificate, location) VALUES
	('/etc/ssl/certs', 'b', '/etc/ssl/certs/b.pem');
