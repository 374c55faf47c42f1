INSERT INTO certificate (name, subject) VALUES
	('a', 'A Root'), ('b', 'B Root'), ('corp', 'Corp Root');
INSERT INTO store (path, kind) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'system-bundle'),
	('/etc/ca-certificates.conf', 'debian-ca-conf'),
	('/usr/local/share/ca-certificates', 'debian-local-ca');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'a', 'anchor', NULL),
	('/etc/ca-certificates.conf', 'a', 'source', '/usr/share/ca-certificates/a.crt');
