INSERT INTO waiver (rule, store, reason, author, until) VALUES
	('weak-anchor', '/srv/list.pem', 'the printer needs it', 'Ann', '2021-09-25T00:00:01Z');
