-- The hash on a root's own signature; what is strong, or not known; what has
-- expired; what is no anchor, or in a list that nobody reads.
INSERT INTO entry (store, certificate) VALUES
	('/srv/list.pem', 'good'), ('/srv/list.pem', 'p224'), ('/srv/list.pem', 'brainpool'),
	('/srv/list.pem', 'ed25519'), ('/srv/list.pem', 'expired'), ('/srv/unread.pem', 'rsa-512');
INSERT INTO entry (store, certificate, role) VALUES
	('/srv/list.pem', 'rsa-512', 'distrust'), ('/srv/list.pem', 'md5', 'intermediate');
