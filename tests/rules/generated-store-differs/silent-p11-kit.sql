-- On Arch a link leads to what p11-kit makes; extracted-store-differs has it.
UPDATE store SET real_path = '/etc/ca-certificates/extracted/java-cacerts.jks' WHERE kind = 'java-system';
DELETE FROM entry WHERE store = '/etc/ssl/certs/java/cacerts' AND certificate = 'b';
