INSERT INTO certificate (name, subject, issuer, kind, bits, hash, not_after) VALUES
	('rsa-512', 'RSA 512', NULL, 'rsa', 1023, 'sha2', '2030-01-01T00:00:00Z'),
	('rsa-1024', 'RSA 1024', NULL, 'rsa', 1024, 'sha1', '2030-01-01T00:00:00Z'),
	('rsa-2047', 'RSA 2047', NULL, 'rsa', 2047, 'sha2', '2030-01-01T00:00:00Z'),
	('dsa', 'DSA', NULL, 'dsa', 1024, 'sha1', '2030-01-01T00:00:00Z'),
	('p192', 'P-192', NULL, 'ec', 192, 'sha2', '2030-01-01T00:00:00Z'),
	('md2', 'Crossed 2', 'Old', 'rsa', 2048, 'md2', '2030-01-01T00:00:00Z'),
	('md5', 'Crossed 5', 'Old', 'rsa', 2048, 'md5', '2030-01-01T00:00:00Z'),
	('sha1', 'Crossed SHA', 'Old', 'rsa', 2048, 'sha1', '2030-01-01T00:00:00Z'),
	('good', 'Good', NULL, 'rsa', 2048, 'sha1', '2030-01-01T00:00:00Z'),
	('p224', 'P-224', NULL, 'ec', 224, 'sha2', '2030-01-01T00:00:00Z'),
	('brainpool', 'Brainpool', NULL, 'ec', 0, 'sha2', '2030-01-01T00:00:00Z'),
	('ed25519', 'Ed25519', NULL, 'edwards', 0, 'other', '2030-01-01T00:00:00Z'),
	('expired', 'Expired', NULL, 'rsa', 1024, 'md5', '2021-01-01T00:00:00Z');
INSERT INTO store (path, kind) VALUES ('/srv/list.pem', 'python-certifi'), ('/srv/unread.pem', 'other');
INSERT INTO party (party, type, title, own_list) VALUES ('python', 'python', 'Python', 1);
INSERT INTO uses (party, store) VALUES ('python', '/srv/list.pem');
