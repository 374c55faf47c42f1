-- An intermediate that lies in two stores, below a root that ends before it.
INSERT INTO certificate (name, subject, issuer, not_after) VALUES
	('root', 'Root', NULL, '2021-09-30T00:00:00Z'),
	('sub', 'Sub', 'Root', '2025-01-01T00:00:00Z'),
	('sub-short', 'Sub', 'Root', '2021-09-20T00:00:00Z'),
	('leaf', 'Leaf', 'Sub', '2022-06-01T00:00:00Z');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs', 'system-hash-directory'),
	('/home/ann/cert9.db', 'nss-database');
INSERT INTO party (party, type, title, model) VALUES
	('openssl', 'openssl', 'OpenSSL', 'openssl'),
	('nss:/home/ann', 'nss', 'NSS', 'nss');
INSERT INTO uses (party, store, role) VALUES
	('openssl', '/etc/ssl/certs', 'anchor'),
	('nss:/home/ann', '/home/ann/cert9.db', 'anchor'),
	('nss:/home/ann', '/home/ann/cert9.db', 'intermediate');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'root', 'anchor', '/etc/ssl/certs/1.0'),
	('/etc/ssl/certs', 'sub', 'anchor', '/etc/ssl/certs/2.0'),
	('/home/ann/cert9.db', 'root', 'anchor', NULL);
