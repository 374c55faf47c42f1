-- All are equal; another distribution's is not of this run.
INSERT INTO entry (store, certificate) VALUES
	('/etc/pki/ca-trust/extracted/java/cacerts', 'a'), ('/etc/pki/ca-trust/extracted/java/cacerts', 'b'),
	('/etc/pki/ca-trust/extracted/edk2/cacerts.bin', 'a'), ('/etc/pki/ca-trust/extracted/edk2/cacerts.bin', 'b'),
	('/var/lib/ca-certificates/java-cacerts', 'c');
