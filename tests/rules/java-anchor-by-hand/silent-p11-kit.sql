-- On Arch a link leads to what p11-kit makes; extracted-store-differs has it.
INSERT INTO entry (store, certificate, label) VALUES
	('/etc/ssl/certs/java/cacerts', 'c', 'corp');
UPDATE store SET real_path = '/etc/ca-certificates/extracted/java-cacerts.jks' WHERE kind = 'java-system';
