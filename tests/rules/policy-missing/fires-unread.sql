-- A list that was not read may have it.
UPDATE store SET unread = 1 WHERE path = '/opt/java/cacerts';
INSERT INTO policy (kind, certificate) VALUES ('require', 'gone');
