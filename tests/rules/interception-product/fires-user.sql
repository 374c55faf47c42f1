-- A debugger that only one runtime trusts.
INSERT INTO entry (store, certificate) VALUES ('/srv/cacerts', 'burp');
