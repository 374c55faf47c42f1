-- Nothing selects it: bundle-changed-by-hand's.
INSERT INTO entry (store, certificate) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'corp');
