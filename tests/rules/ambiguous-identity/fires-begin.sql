-- They end together and do not begin together.
INSERT INTO entry (store, certificate, role) VALUES
	('/etc/ssl/certs', 'ca-3', 'intermediate'), ('/etc/ssl/certs', 'ca-4', 'anchor');
