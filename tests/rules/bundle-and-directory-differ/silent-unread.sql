-- What is missing in a bundle that was not read completely is not known.
INSERT INTO entry (store, certificate, location) VALUES
	('/etc/ssl/certs', 'b', '/etc/ssl/certs/bbbbbbbb.0');
UPDATE store SET unread = 1 WHERE kind = 'system-bundle';
