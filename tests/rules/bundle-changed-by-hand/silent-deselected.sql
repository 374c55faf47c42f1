-- One is deselected and still there, one has a file: system-store-not-updated's.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'b', 'anchor', NULL),
	('/etc/ca-certificates.conf', 'b', 'distrust', '/usr/share/ca-certificates/b.crt'),
	('/etc/ssl/certs/ca-certificates.crt', 'corp', 'anchor', NULL),
	('/usr/local/share/ca-certificates', 'corp', 'source', NULL);
