-- Intermediates and sources expire as they like.
UPDATE entry SET role = 'intermediate' WHERE certificate = 'addtrust';
INSERT INTO store (path, kind, unread) VALUES ('/home/ann/ca', 'dotnet-ca', 1);
INSERT INTO entry (store, certificate, role) VALUES ('/home/ann/ca', 'addtrust', 'source');
