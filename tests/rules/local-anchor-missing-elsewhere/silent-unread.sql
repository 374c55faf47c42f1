-- Nor without the whole of the package's list.
INSERT INTO store (path, kind, unread) VALUES ('/etc/ca-certificates.conf', 'debian-ca-conf', 1);
