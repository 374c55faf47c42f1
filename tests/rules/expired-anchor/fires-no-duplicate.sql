-- Node.js since 10 prefers the valid one: nobody stumbles, and it has expired.
INSERT INTO certificate (name, subject, not_after) VALUES ('addtrust-2', 'AddTrust', '2030-01-01T00:00:00Z');
INSERT INTO entry (store, certificate, "offset") VALUES ('/usr/bin/node', 'addtrust-2', 8192);
