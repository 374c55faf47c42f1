-- The same, and a certificate that it issued and that lasts longer is here.  It
-- stops for another reason than a date.
UPDATE entry SET certificate = 'sub-short', store = '/home/ann/cert9.db', role = 'intermediate',
	location = NULL WHERE certificate = 'sub';
INSERT INTO store (path, kind) VALUES ('/srv/leaf.pem', 'other');
INSERT INTO entry (store, certificate, role) VALUES ('/srv/leaf.pem', 'leaf', 'end-entity');
INSERT INTO verdict (party, certificate, stops, stop_reason, good_until) VALUES
	('nss:/home/ann', 'sub-short', '2021-09-20T00:00:00Z', 'no-issuer', NULL);
