INSERT INTO certificate (name, subject) VALUES ('public', 'Public Root'), ('corp', 'Corp Root'), ('vpn', 'VPN Root'),
	('vendor', 'Vendor Root'), ('zscaler', 'Zscaler Root CA'), ('burp', 'PortSwigger CA'), ('superfish', 'Superfish, Inc.'),
	('eset', 'ESET SSL Filter CA'), ('mkcert', 'mkcert ann@host');
INSERT INTO certificate (name, subject, not_after) VALUES ('old', 'Zscaler mkcert Old Root', '2020-01-01T00:00:00Z');
INSERT INTO program (certificate, tls_from) VALUES ('public', '2013-02-28');
INSERT INTO store (path, kind, format) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'system-bundle', 'pem'),
	('/usr/local/share/ca-certificates', 'debian-local-ca', 'pem'), ('/srv/cacerts', 'java-cacerts', 'jks'),
	('/usr/bin/node', 'node-binary', 'elf-pem'), ('/etc/openvpn/client.conf', 'openvpn', 'openvpn');
INSERT INTO party (party, type, title, is_system, own_list) VALUES ('gnutls:/', 'gnutls', 'GnuTLS', 1, 0),
	('java', 'java', 'Java', 0, 1), ('node', 'node', 'Node.js', 0, 1), ('openvpn', 'openvpn', 'OpenVPN', 0, 0);
INSERT INTO uses (party, store) VALUES ('gnutls:/', '/etc/ssl/certs/ca-certificates.crt'), ('java', '/srv/cacerts'),
	('node', '/usr/bin/node'), ('openvpn', '/etc/openvpn/client.conf');
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'public'), ('/srv/cacerts', 'public'),
	('/usr/bin/node', 'public');
INSERT INTO file (store, path, package) VALUES ('/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/certs/ca-certificates.crt', NULL),
	('/srv/cacerts', '/srv/cacerts', 'jdk'), ('/usr/local/share/ca-certificates', '/usr/local/share/ca-certificates/corp.crt', NULL);
