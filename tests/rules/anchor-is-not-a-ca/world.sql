INSERT INTO certificate (name, subject, issuer, not_after, ca) VALUES
	('own', 'host.example', NULL, '2030-01-01T00:00:00Z', 0),
	('issued', 'srv.example', 'Sub', '2030-01-01T00:00:00Z', 0),
	('root', 'Root', NULL, '2038-01-01T00:00:00Z', 1);
INSERT INTO store (path, kind) VALUES ('/etc/ssl/ca.pem', 'system-bundle');
INSERT INTO party (party, type, title, model, partial_chain) VALUES
	('go', 'go', 'Go', 'go', 1), ('openssl', 'openssl', 'OpenSSL', 'openssl', 0);
INSERT INTO uses (party, store) VALUES ('go', '/etc/ssl/ca.pem');
