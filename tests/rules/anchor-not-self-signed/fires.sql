-- A store that both read: it matters most to the one that refuses.
INSERT INTO entry (store, certificate) VALUES ('/etc/ssl/ca.pem', 'sub'), ('/srv/go.pem', 'sub');
