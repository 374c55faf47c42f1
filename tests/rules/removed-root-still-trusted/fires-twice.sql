-- Under two aliases in one keystore it is one finding; another JDK that reads
-- the same keystore is evidence, too.
INSERT INTO earlier (now) VALUES ('2021-09-10T00:00:00Z');
INSERT INTO party (party, type, title, own_list) VALUES ('java:/srv/other', 'java', 'Java', 1);
INSERT INTO uses (party, store) VALUES ('java:/srv/other', '/srv/jdk/lib/security/cacerts');
INSERT INTO entry (store, certificate, scan) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'gone', 'earlier');
INSERT INTO entry (store, certificate, label, "offset") VALUES
	('/srv/jdk/lib/security/cacerts', 'gone', 'gone', 1000),
	('/srv/jdk/lib/security/cacerts', 'gone', 'debian:gone.pem', 3000);
