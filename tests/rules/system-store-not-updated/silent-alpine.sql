-- Alpine takes the administrator's from the same place.
UPDATE store SET kind = 'alpine-local-ca' WHERE kind = 'debian-local-ca';
INSERT INTO entry (store, certificate, role) VALUES
	('/usr/local/share/ca-certificates', 'corp', 'source'),
	('/etc/ssl/certs/ca-certificates.crt', 'corp', 'anchor');
