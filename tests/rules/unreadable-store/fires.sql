INSERT INTO store (path, kind, unread, skipped) VALUES
	('/home/ann/ca', 'dotnet-ca', 1, 2), ('/srv/cacerts', 'java-cacerts', 3, 0);
INSERT INTO problem (path) VALUES ('/home/bob'), ('/home/eve');
