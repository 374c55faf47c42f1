-- A `!` line deselects it; two runtimes have it all the same.
INSERT INTO store (path, kind) VALUES ('/etc/ca-certificates.conf', 'debian-ca-conf');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ca-certificates.conf', 'gone', 'distrust', '/usr/share/ca-certificates/mozilla/Gone.crt');
INSERT INTO entry (store, certificate, label, "offset") VALUES
	('/srv/jdk/lib/security/cacerts', 'gone', 'gone', 1000),
	('/usr/bin/node', 'gone', NULL, 8192);
