-- Its root is trusted beside it; a server's own certificate is another rule's;
-- self-issued ones are roots; chain material is no anchor.
INSERT INTO entry (store, certificate, role) VALUES
	('/etc/ssl/ca.pem', 'root', 'anchor'), ('/etc/ssl/ca.pem', 'sub', 'anchor'),
	('/etc/ssl/ca.pem', 'server', 'anchor'), ('/etc/ssl/ca.pem', 'md2', 'anchor'),
	('/srv/go.pem', 'sub', 'intermediate');
