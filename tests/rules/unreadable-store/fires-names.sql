-- One directory by two names, one of which nobody reads.
INSERT INTO store (path, kind, real_path, unread) VALUES
	('/etc/ssl/certs', 'system-hash-directory', NULL, 1),
	('/etc/pki/certs', 'system-hash-directory', '/etc/ssl/certs', 1);
