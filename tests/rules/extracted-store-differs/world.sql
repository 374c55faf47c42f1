INSERT INTO certificate (name, subject) VALUES
	('a', 'A Root'), ('b', 'B Root'), ('c', 'C Root');
INSERT INTO store (path, kind) VALUES
	('/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', 'system-bundle'),
	('/etc/pki/ca-trust/extracted/java/cacerts', 'java-system'),
	('/etc/pki/ca-trust/extracted/edk2/cacerts.bin', 'extracted-edk2'),
	('/var/lib/ca-certificates/java-cacerts', 'java-system');
INSERT INTO store (path, kind, real_path) VALUES
	('/etc/pki/java/cacerts', 'java-system', '/etc/pki/ca-trust/extracted/java/cacerts');
INSERT INTO entry (store, certificate) VALUES
	('/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', 'a'),
	('/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', 'b');
