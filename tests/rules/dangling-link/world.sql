INSERT INTO store (path, kind, real_path) VALUES
	('/etc/ssl/certs', 'system-directory', NULL),
	('/usr/lib/ssl/certs', 'system-hash-directory', '/etc/ssl/certs');
