-- What cannot be read and has nothing to do with .NET does not matter here, nor
-- does a file that .NET passes over, too.
INSERT INTO store (path, kind, unread) VALUES ('/srv/cacerts', 'java-cacerts', 3);
UPDATE store SET skipped = 2 WHERE path = '/home/ann/ca';
