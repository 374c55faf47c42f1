-- What is only kept for building paths and ends by itself is renewed by its
-- authority: low, unless something that it issued lasts longer.
UPDATE entry SET certificate = 'sub-short', store = '/home/ann/cert9.db', role = 'intermediate',
	location = NULL WHERE certificate = 'sub';
INSERT INTO verdict (party, certificate, stops, stop_reason, good_until) VALUES
	('nss:/home/ann', 'sub-short', '2021-09-20T00:00:00Z', 'expired', '2021-09-20T00:00:00Z');
