-- Node 6 has both roots.
INSERT INTO entry (store, certificate, "offset") VALUES ('/usr/bin/node', 'usertrust', 8192);
