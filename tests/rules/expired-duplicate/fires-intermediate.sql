-- Old Node.js, and what it keeps for building paths.
UPDATE party SET model = 'openssl-1.0.2' WHERE party = 'node';
UPDATE uses SET role = 'intermediate' WHERE party = 'node';
INSERT INTO entry (store, certificate, role) VALUES
	('/usr/bin/node', 'old', 'intermediate'), ('/usr/bin/node', 'new', 'intermediate');
