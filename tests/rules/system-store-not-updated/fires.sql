-- B is deselected and there, Corp was added and is not, A is as it should be.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs/ca-certificates.crt', 'b', 'anchor', NULL),
	('/etc/ca-certificates.conf', 'b', 'distrust', '/usr/share/ca-certificates/b.crt'),
	('/usr/local/share/ca-certificates', 'corp', 'source', '/usr/local/share/ca-certificates/corp.crt');
