-- The root was in the system store at an earlier scan, and a JDK still has it.
INSERT INTO earlier (now) VALUES ('2021-09-01T00:00:00Z'), ('2021-09-10T00:00:00Z');
INSERT INTO entry (store, certificate, scan) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'gone', 'earlier');
INSERT INTO entry (store, certificate, label, "offset") VALUES
	('/srv/jdk/lib/security/cacerts', 'gone', 'gone', 1000);
