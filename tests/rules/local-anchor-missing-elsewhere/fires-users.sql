-- Two programs have the list, each with a variable of its own: what is told is the
-- one of the program that the list is called after.
INSERT INTO store (path, kind) VALUES ('/usr/lib/zz.pem', 'redirected-file');
INSERT INTO party (party, type, title, own_list) VALUES ('aa', 'aa', 'AA', 1);
INSERT INTO uses (party, store) VALUES ('aa', '/usr/bin/node'), ('aa', '/usr/lib/zz.pem');
INSERT INTO setting (name, program, effect, source, target, present, owner, store) VALUES
	('AA_BUNDLE', 'aa', 'adds', 'environment', '/etc/ssl/certs/ca-certificates.crt', 1, 'root',
	 '/etc/ssl/certs/ca-certificates.crt'),
	('NODE_EXTRA_CA_CERTS', 'node deno bun', 'adds', 'environment', '/etc/ssl/certs/ca-certificates.crt', 1, 'root',
	 '/etc/ssl/certs/ca-certificates.crt');
