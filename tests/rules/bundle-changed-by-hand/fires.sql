INSERT INTO entry (store, certificate) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'corp');
