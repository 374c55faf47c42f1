-- Under another alias it is what the system has; what the hook forgot is
-- generated-store-differs's.
INSERT INTO entry (store, certificate, label) VALUES
	('/etc/ssl/certs/java/cacerts', 'b', 'mine'),
	('/etc/ssl/certs/java/cacerts', 'c', 'debian:c.pem');
