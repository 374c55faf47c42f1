INSERT INTO certificate (name, subject) VALUES ('corp', 'Corp Root'), ('other', 'Other');
INSERT INTO store (path, kind) VALUES ('/usr/local/share/ca-certificates', 'debian-local-ca'),
	('/etc/ssl/certs', 'system-directory');
