-- In a key store, of which a program trusts another form of it.
INSERT INTO certificate (name, subject) VALUES ('corp-2', 'Corp Root');
INSERT INTO entry (store, certificate, role, private_key) VALUES ('/srv/trust.p12', 'corp-2', 'intermediate', 1);
