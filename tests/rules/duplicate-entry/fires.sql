INSERT INTO file (store, path) VALUES ('/usr/local/share/ca-certificates', '/usr/local/share/ca-certificates/a.crt'),
	('/usr/local/share/ca-certificates', '/usr/local/share/ca-certificates/b.crt');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/usr/local/share/ca-certificates', 'corp', 'source', '/usr/local/share/ca-certificates/a.crt'),
	('/usr/local/share/ca-certificates', 'corp', 'source', '/usr/local/share/ca-certificates/b.crt'),
	('/usr/local/share/ca-certificates', 'other', 'source', '/usr/local/share/ca-certificates/b.crt');
