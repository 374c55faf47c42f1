INSERT INTO certificate (name, subject, issuer, not_after, ca) VALUES
	('root', 'Root', NULL, '2038-01-01T00:00:00Z', 1),
	('sub', 'Sub', 'Root', '2030-01-01T00:00:00Z', 1),
	('server', 'Server', 'Root', '2030-01-01T00:00:00Z', 0);
-- by name its own issuer, and nobody can check the signature
INSERT INTO certificate (name, subject, issuer, issuer_key) VALUES ('md2', 'MD2', 'MD2', 'unknown');
INSERT INTO store (path, kind) VALUES ('/etc/ssl/ca.pem', 'system-bundle'), ('/srv/go.pem', 'other');
INSERT INTO party (party, type, title, model, partial_chain) VALUES
	('go', 'go', 'Go', 'go', 1), ('openssl', 'openssl', 'OpenSSL', 'openssl', 0);
INSERT INTO uses (party, store) VALUES
	('go', '/etc/ssl/ca.pem'), ('openssl', '/etc/ssl/ca.pem'), ('go', '/srv/go.pem');
