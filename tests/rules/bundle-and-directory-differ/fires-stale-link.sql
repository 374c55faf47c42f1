-- Deselected: the bundle has lost it, the links have stayed.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/etc/ssl/certs', 'b', 'anchor', '/etc/ssl/certs/bbbbbbbb.0'),
	('/etc/ca-certificates.conf', 'b', 'distrust', '/usr/share/ca-certificates/mozilla/B.crt');
