DELETE FROM program;
INSERT INTO entry (store, certificate) VALUES ('/srv/cacerts', 'corp');
