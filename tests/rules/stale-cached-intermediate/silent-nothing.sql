-- Nothing is cached: .NET takes what servers send.
INSERT INTO earlier (now) VALUES ('2021-09-19T00:00:00Z');
INSERT INTO entry (store, certificate, location, scan) VALUES
	('/etc/ssl/certs', 'dst-root', '/etc/ssl/certs/2e5ac55d.0', 'earlier');
