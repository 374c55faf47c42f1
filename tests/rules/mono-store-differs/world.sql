INSERT INTO certificate (name, subject) VALUES ('a', 'A Root'), ('b', 'B Root');
INSERT INTO certificate (name, subject, kind, bits) VALUES ('e', 'E Root', 'ec', 256), ('f', 'F Root', 'ec', 256);
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle'),
	('/usr/share/.mono/certs/Trust', 'mono-machine-trust');
INSERT INTO entry (store, certificate) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'a'), ('/etc/ssl/certs/ca-certificates.crt', 'b'),
	('/etc/ssl/certs/ca-certificates.crt', 'e'), ('/etc/ssl/certs/ca-certificates.crt', 'f');
