-- Used, or at its end and a finding of another rule.
INSERT INTO waiver (rule, store, reason, author, until, matched) VALUES
	('weak-anchor', '/srv/list.pem', 'the printer needs it', 'Ann', '2022-01-01T00:00:00Z', 1),
	('weak-anchor', '/srv/other.pem', 'the printer needs it', 'Ann', '2021-01-01T00:00:00Z', 0);
