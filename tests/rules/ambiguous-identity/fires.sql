-- Two, each by two names: one finding.
INSERT INTO entry (store, certificate, location) VALUES
	('/etc/ssl/certs', 'ca-1', '/etc/ssl/certs/1.0'), ('/etc/ssl/certs', 'ca-1', '/etc/ssl/certs/CA.pem'),
	('/etc/ssl/certs', 'ca-2', '/etc/ssl/certs/1.1'), ('/etc/ssl/certs', 'ca-2', '/etc/ssl/certs/CA_2.pem'),
	('/etc/ssl/certs', 'other', '/etc/ssl/certs/2.0');
