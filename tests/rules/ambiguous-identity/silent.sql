-- Of one validity; in different stores; for another role; in a list that nobody
-- reads.
INSERT INTO entry (store, certificate, role) VALUES
	('/etc/ssl/certs', 'ca-2', 'anchor'), ('/etc/ssl/certs', 'ca-3', 'anchor'),
	('/etc/ssl/certs', 'ca-1', 'distrust'),
	('/srv/list.pem', 'ca-1', 'anchor'), ('/srv/list.pem', 'ca-2', 'anchor');
