-- Servers send this very certificate, and Node.js refuses them for it although a
-- good path exists: cross-sign-trap says so, and removing it would not help.
INSERT INTO certificate (name, subject, issuer, not_after) VALUES
	('usertrust-old', 'USERTrust', 'AddTrust', '2020-05-30T10:48:38Z');
UPDATE entry SET certificate = 'usertrust-old' WHERE store = '/usr/bin/node';
INSERT INTO verdict (party, certificate, reason, at, good_until) VALUES
	('node:/usr/bin/node', 'usertrust-old', 'expired', 'usertrust-old', '2038-01-18T23:59:59Z');
