-- No such place here; that nobody publishes it says as much.  A second certificate
-- for the same name and key in the runtime would do.
INSERT INTO store (path, kind) VALUES ('/home/ann/.pki/nssdb/cert9.db', 'nss-user');
INSERT INTO party (party, type, title, own_list, partial_chain) VALUES ('nss:/home/ann', 'nss', 'NSS programs', 1, 1);
INSERT INTO uses (party, store) VALUES ('nss:/home/ann', '/home/ann/.pki/nssdb/cert9.db');
INSERT INTO certificate (name, subject) VALUES ('corp-2', 'Corp Root');
INSERT INTO entry (store, certificate) VALUES ('/home/ann/.pki/nssdb/cert9.db', 'corp-2');
