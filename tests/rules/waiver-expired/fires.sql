INSERT INTO waiver (rule, store, reason, author, until) VALUES
	('weak-anchor', '/srv/list.pem', 'the printer needs it', 'Ann', '2021-09-25T00:00:00Z'),
	('expired-anchor', '/srv/list.pem', 'the printer needs it', 'Ann', '2021-09-24T00:00:00Z');
