-- Only in a list that a package brought.
INSERT INTO entry (store, certificate, label) VALUES ('/srv/cacerts', 'corp', 'corp');
