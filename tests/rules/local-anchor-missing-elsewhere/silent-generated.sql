-- The JDK reads what is made of the system's list: to be made anew, and not to be
-- added to.
INSERT INTO entry (store, certificate) VALUES ('/usr/bin/node', 'corp');
DELETE FROM entry WHERE store = '/srv/jdk/lib/security/cacerts' AND certificate = 'corp';
INSERT INTO store (path, kind) VALUES ('/etc/ssl/certs/java/cacerts', 'java-system');
UPDATE store SET real_path = '/etc/ssl/certs/java/cacerts' WHERE kind = 'java-cacerts';
