-- Everybody may read the file, and nobody but root may come to it.
INSERT INTO private (store, certificate, location) VALUES
	('/etc/ssl/private', 'corp', '/etc/ssl/private/corp.key');
INSERT INTO directory (path, mode) VALUES ('/etc/ssl/private', 448);
