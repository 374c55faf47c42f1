-- What selects was not read completely.
UPDATE store SET unread = 1 WHERE kind = 'debian-local-ca';
INSERT INTO entry (store, certificate) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'corp');
