-- More specific rules tell of these, wherever they are.
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'zscaler'), ('/srv/cacerts', 'burp'),
	('/srv/cacerts', 'mkcert'), ('/etc/ssl/certs/ca-certificates.crt', 'mkcert');
