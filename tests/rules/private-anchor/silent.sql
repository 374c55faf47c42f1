-- A VPN's own; what a vendor compiled in or named; expired.
INSERT INTO entry (store, certificate, label) VALUES ('/etc/openvpn/client.conf', 'vpn', NULL), ('/usr/bin/node', 'vendor', NULL),
	('/srv/cacerts', 'vendor', 'vendorroot [jdk]'), ('/srv/cacerts', 'old', 'old');
