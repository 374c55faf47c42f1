INSERT INTO entry (store, certificate) VALUES ('/usr/bin/node', 'corp');
