-- A store of the system itself distrusts it.
INSERT INTO store (path, kind) VALUES ('/etc/pki/blocklist', 'p11-kit-blocklist');
INSERT INTO uses (party, store, role) VALUES ('gnutls:/', '/etc/pki/blocklist', 'distrust');
INSERT INTO entry (store, certificate, role) VALUES ('/etc/pki/blocklist', 'gone', 'distrust');
INSERT INTO entry (store, certificate, "offset") VALUES ('/usr/bin/node', 'gone', 8192);
