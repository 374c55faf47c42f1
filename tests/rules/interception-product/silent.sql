-- An authority of one's own; a product's that is in the public program; expired; only
-- a VPN's.
INSERT INTO program (certificate, tls_from) VALUES ('eset', '2013-02-28');
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/certs/ca-certificates.crt', 'corp'), ('/srv/cacerts', 'eset'),
	('/srv/cacerts', 'old'), ('/etc/openvpn/client.conf', 'zscaler');
