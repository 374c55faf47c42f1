-- Beside a valid one of its name and key, where old Node.js can stumble over it:
-- expired-duplicate says so, with the same repair.
UPDATE party SET model = 'openssl-1.0.2' WHERE party = 'node:/usr/bin/node';
INSERT INTO certificate (name, subject, not_after) VALUES ('addtrust-2', 'AddTrust', '2030-01-01T00:00:00Z');
INSERT INTO entry (store, certificate, "offset") VALUES ('/usr/bin/node', 'addtrust-2', 8192);
