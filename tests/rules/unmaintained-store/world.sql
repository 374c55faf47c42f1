INSERT INTO certificate (name, subject) VALUES
	('r0', 'Root 0'),
	('r1', 'Root 1'),
	('r2', 'Root 2'),
	('r3', 'Root 3'),
	('r4', 'Root 4'),
	('r5', 'Root 5'),
	('r6', 'Root 6'),
	('r7', 'Root 7'),
	('r8', 'Root 8'),
	('r9', 'Root 9'),
	('r10', 'Root 10'),
	('r11', 'Root 11'),
	('r12', 'Root 12'),
	('r13', 'Root 13'),
	('r14', 'Root 14'),
	('r15', 'Root 15'),
	('r16', 'Root 16'),
	('r17', 'Root 17'),
	('r18', 'Root 18'),
	('r19', 'Root 19');
INSERT INTO program (certificate, tls_from) SELECT name, '2013-02-28' FROM certificate;
INSERT INTO store (path, kind) VALUES ('/srv/cacert.pem', 'redirected-file'), ('/etc/ssl/cert.pem', 'system-default-file');
INSERT INTO entry (store, certificate) SELECT s.path, c.name FROM store s, certificate c;
INSERT INTO party (party, type, title) VALUES ('openssl:/', 'openssl', 'OpenSSL');
INSERT INTO uses (party, store) VALUES ('openssl:/', '/etc/ssl/cert.pem');
