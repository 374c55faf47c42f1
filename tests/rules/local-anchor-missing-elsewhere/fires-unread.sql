-- Whether a list that was not read completely lacks it is not known.
UPDATE store SET unread = 1 WHERE kind = 'java-cacerts';
DELETE FROM entry WHERE store = '/srv/jdk/lib/security/cacerts' AND certificate = 'corp';
