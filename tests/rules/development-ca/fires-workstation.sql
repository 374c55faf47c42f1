INSERT INTO party (party, type, title) VALUES ('firefox', 'firefox', 'Firefox');
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'mkcert');
