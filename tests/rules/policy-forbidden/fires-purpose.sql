-- What is trusted for e-mail only.
INSERT INTO policy (kind, certificate, purpose) VALUES ('forbid', 'mail', 'emailProtection'),
	('forbid', 'mail', 'serverAuth'), ('forbid', 'a', 'codeSigning');
-- Distrusted for that by another store of the party.
INSERT INTO store (path, kind) VALUES ('/etc/distrust', 'other');
INSERT INTO uses (party, store, role) VALUES ('java:/opt/java', '/etc/distrust', 'distrust');
INSERT INTO entry (store, certificate, role, purposes) VALUES ('/etc/distrust', 'a', 'distrust', 4);
