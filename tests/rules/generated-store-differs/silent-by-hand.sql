-- java-anchor-by-hand has what is not the hook's.
INSERT INTO entry (store, certificate, label) VALUES
	('/etc/ssl/certs/java/cacerts', 'a', 'debian:a.pem'),
	('/etc/ssl/certs/java/cacerts', 'b', 'debian:b.pem'),
	('/etc/ssl/certs/java/cacerts', 'c', 'corp');
