-- Java's has one that was added by hand, and its other name makes no second
-- finding; EDK2's lacks one.
INSERT INTO entry (store, certificate) VALUES
	('/etc/pki/ca-trust/extracted/java/cacerts', 'a'), ('/etc/pki/ca-trust/extracted/java/cacerts', 'b'),
	('/etc/pki/ca-trust/extracted/java/cacerts', 'c'), ('/etc/pki/java/cacerts', 'a'), ('/etc/pki/java/cacerts', 'b'),
	('/etc/pki/java/cacerts', 'c'), ('/etc/pki/ca-trust/extracted/edk2/cacerts.bin', 'b');
