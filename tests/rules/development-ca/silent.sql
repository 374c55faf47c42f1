INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'corp'), ('/srv/cacerts', 'old'),
	('/etc/openvpn/client.conf', 'mkcert');
-- Words that only have those of a test in them.
INSERT INTO certificate (name, subject) VALUES ('care', 'O=Greatest Care,CN=Root'), ('latest', 'Latest CA'),
	('beach', 'Pebble Beach'), ('capital', 'Greatest Capital Root');
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'care'),
	('/etc/ssl/certs/ca-certificates.crt', 'latest'), ('/etc/ssl/certs/ca-certificates.crt', 'beach'),
	('/etc/ssl/certs/ca-certificates.crt', 'capital');
