INSERT INTO entry (store, certificate, label) VALUES
	('/etc/ssl/certs/java/cacerts', 'a', 'debian:a.pem'),
	('/etc/ssl/certs/java/cacerts', 'c', 'corp');
