-- A list that nobody reads, and one that is only what another is made of.
UPDATE uses SET role = 'source' WHERE party = 'node:/usr/bin/node';
INSERT INTO store (path, kind) VALUES ('/srv/roots.pem', 'other');
INSERT INTO entry (store, certificate) VALUES ('/srv/roots.pem', 'addtrust');
