-- keytool -importcert.
INSERT INTO entry (store, certificate, label) VALUES
	('/etc/ssl/certs/java/cacerts', 'c', 'corp');
