-- Refused, and no other path is good: nobody else says that it has expired.  And
-- an expired root above an authority that is refused is a certificate of its own.
INSERT INTO certificate (name, subject, issuer, not_after) VALUES
	('usertrust-old', 'USERTrust', 'AddTrust', '2020-05-30T10:48:38Z');
INSERT INTO entry (store, certificate, "offset") VALUES ('/usr/bin/node', 'usertrust-old', 8192);
INSERT INTO verdict (party, certificate, reason, at, good_until) VALUES
	('node:/usr/bin/node', 'usertrust-old', 'expired', 'usertrust-old', NULL),
	('node:/usr/bin/node', 'usertrust', 'expired', 'addtrust', '2038-01-18T23:59:59Z');
