-- Everywhere: one finding, at the place from where it came.
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'corp'), ('/srv/cacerts', 'corp'),
	('/usr/bin/node', 'corp');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/usr/local/share/ca-certificates', 'corp', 'source', '/usr/local/share/ca-certificates/corp.crt');
