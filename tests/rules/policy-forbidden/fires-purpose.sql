-- What is trusted for e-mail only.
INSERT INTO policy (kind, certificate, purpose) VALUES ('forbid', 'mail', 'emailProtection'),
	('forbid', 'mail', 'serverAuth'), ('forbid', 'a', 'codeSigning');
-- Distrusted for that by another store of the party.
INSERT INTO store (path, kind) VALUES ('/etc/distrust', 'other');
INSERT INTO uses (party, store, role) VALUES ('java:/opt/java', '/etc/distrust', 'distrust');
INSERT INTO entry (store, certificate, role, purposes) VALUES ('/etc/distrust', 'a', 'distrust', 4);
-- With a comment: trusted for more than is forbidden, and for nothing else.
INSERT INTO certificate (name, subject) VALUES ('other mail', 'Other Mail');
INSERT INTO entry (store, certificate, "offset", purposes) VALUES ('/etc/ssl/bundle', 'other mail', 30, 8);
INSERT INTO policy (kind, certificate, purpose, comment) VALUES ('forbid', 'b', 'clientAuth', 'for servers'),
	('forbid', 'other mail', 'emailProtection', 'it has ended');
