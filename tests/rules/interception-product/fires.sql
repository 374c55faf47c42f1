INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'zscaler'), ('/srv/cacerts', 'zscaler'),
	('/etc/ssl/certs/ca-certificates.crt', 'burp'), ('/srv/cacerts', 'superfish'), ('/srv/cacerts', 'eset');
