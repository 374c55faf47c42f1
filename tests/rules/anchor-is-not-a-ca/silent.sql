-- Of another role, or in a list that nobody reads.
INSERT INTO store (path, kind) VALUES ('/srv/x.pem', 'other');
INSERT INTO entry (store, certificate, role) VALUES
	('/etc/ssl/ca.pem', 'root', 'anchor'), ('/etc/ssl/ca.pem', 'own', 'end-entity'),
	('/srv/x.pem', 'own', 'anchor');
