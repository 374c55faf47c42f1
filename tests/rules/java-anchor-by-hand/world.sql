INSERT INTO certificate (name, subject) VALUES
	('a', 'A Root'), ('b', 'B Root'), ('c', 'C Root');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle'),
	('/etc/ssl/certs/java/cacerts', 'java-system');
INSERT INTO entry (store, certificate) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'a'),
	('/etc/ssl/certs/ca-certificates.crt', 'b');
INSERT INTO entry (store, certificate, label) VALUES
	('/etc/ssl/certs/java/cacerts', 'a', 'debian:a.pem');
