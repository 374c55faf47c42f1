-- Bob's distrust is for his own stores.
INSERT INTO store (path, kind, owner) VALUES ('/home/bob/a.pem', 'own', 'bob');
INSERT INTO party (party, type, title) VALUES ('bobs', 'own', 'His program');
INSERT INTO uses (party, store) VALUES ('bobs', '/home/bob/a.pem');
INSERT INTO entry (store, certificate, role) VALUES
	('/home/bob/.pki/nssdb', 'b', 'distrust'), ('/home/bob/a.pem', 'b', 'anchor');
