-- Debian's place for such certificates says that it was added.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/usr/local/share/ca-certificates', 'corp', 'source', '/usr/local/share/ca-certificates/corp.crt');
