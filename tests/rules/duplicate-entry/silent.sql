-- A link to the other file; a directory in which each has a hash link.
INSERT INTO file (store, path, real_path) VALUES
	('/usr/local/share/ca-certificates', '/usr/local/share/ca-certificates/a.crt', '/usr/local/share/ca-certificates/b.crt'),
	('/usr/local/share/ca-certificates', '/usr/local/share/ca-certificates/b.crt', NULL),
	('/etc/ssl/certs', '/etc/ssl/certs/a.pem', NULL), ('/etc/ssl/certs', '/etc/ssl/certs/b.pem', NULL);
INSERT INTO entry (store, certificate, role, location) VALUES
	('/usr/local/share/ca-certificates', 'corp', 'source', '/usr/local/share/ca-certificates/a.crt'),
	('/usr/local/share/ca-certificates', 'corp', 'source', '/usr/local/share/ca-certificates/b.crt'),
	('/etc/ssl/certs', 'corp', 'anchor', '/etc/ssl/certs/a.pem'), ('/etc/ssl/certs', 'corp', 'anchor', '/etc/ssl/certs/b.pem');
