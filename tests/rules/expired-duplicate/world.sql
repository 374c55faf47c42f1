INSERT INTO certificate (name, subject, issuer, not_before, not_after) VALUES
	('old', 'CA', NULL, '2001-01-01T00:00:00Z', '2020-05-30T10:48:38Z'),
	('new', 'CA', NULL, '2010-01-01T00:00:00Z', '2038-01-18T00:00:00Z'),
	('future', 'CA', NULL, '2030-01-01T00:00:00Z', '2038-01-18T00:00:00Z');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle'), ('/usr/bin/node', 'node-binary');
INSERT INTO party (party, type, title, model) VALUES
	('gnutls', 'gnutls', 'GnuTLS', 'gnutls'), ('node', 'node', 'Node.js', 'openssl');
INSERT INTO uses (party, store) VALUES
	('gnutls', '/etc/ssl/certs/ca-certificates.crt'), ('node', '/usr/bin/node');
