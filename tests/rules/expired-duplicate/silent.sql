-- OpenSSL since 1.1 prefers a valid one; in two stores they are not beside each
-- other; one that is not valid yet is no better.
INSERT INTO entry (store, certificate) VALUES
	('/usr/bin/node', 'old'), ('/usr/bin/node', 'new'),
	('/etc/ssl/certs/ca-certificates.crt', 'old'), ('/etc/ssl/certs/ca-certificates.crt', 'future');
