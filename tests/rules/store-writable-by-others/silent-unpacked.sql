-- A tree that a user unpacked is that user's.
UPDATE file SET uid = 1001, user = 'bob';
UPDATE directory SET uid = 1001, user = 'bob';
