-- The package brought it, though Mozilla never had it.
INSERT INTO store (path, kind) VALUES ('/etc/ca-certificates.conf', 'debian-ca-conf');
INSERT INTO entry (store, certificate, role) VALUES ('/etc/ca-certificates.conf', 'corp', 'source');
