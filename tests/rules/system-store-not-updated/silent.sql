INSERT INTO entry (store, certificate, role) VALUES
	('/etc/ca-certificates.conf', 'b', 'distrust'),
	('/usr/local/share/ca-certificates', 'corp', 'source'),
	('/etc/ssl/certs/ca-certificates.crt', 'corp', 'anchor');
