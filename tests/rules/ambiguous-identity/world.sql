INSERT INTO certificate (name, subject, issuer, not_before, not_after) VALUES
	('ca-1', 'CA', NULL, '2009-05-20T00:00:00Z', '2030-12-31T00:00:00Z'),
	('ca-2', 'CA', NULL, '2014-09-23T00:00:00Z', '2036-05-05T00:00:00Z'),
	('ca-3', 'CA', 'Other', '2014-09-23T00:00:00Z', '2036-05-05T00:00:00Z'),
	('ca-4', 'CA', 'Other', '2015-01-01T00:00:00Z', '2036-05-05T00:00:00Z'),
	('other', 'Other', NULL, '2009-05-20T00:00:00Z', '2030-12-31T00:00:00Z');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs', 'system-hash-directory'), ('/srv/list.pem', 'python-httplib2');
INSERT INTO party (party, type, title) VALUES
	('openssl', 'openssl', 'OpenSSL'), ('httplib2', 'httplib2', 'httplib2');
INSERT INTO uses (party, store, role) VALUES
	('openssl', '/etc/ssl/certs', 'anchor'), ('httplib2', '/srv/list.pem', 'source');
