INSERT INTO certificate (name, subject) VALUES ('corp', 'Corp Root');
INSERT INTO store (path, kind) VALUES ('/srv/corp.pem', 'redirected-file'), ('/srv/empty.pem', 'redirected-file'),
	('/root/corp.pem', 'redirected-file');
INSERT INTO entry (store, certificate) VALUES ('/srv/corp.pem', 'corp'), ('/root/corp.pem', 'corp');
INSERT INTO entry (store, certificate, role) VALUES ('/srv/empty.pem', 'corp', 'intermediate');
INSERT INTO directory (path, mode) VALUES ('/', 493), ('/root', 448), ('/srv', 493);
INSERT INTO file (store, path, mode) VALUES ('/srv/corp.pem', '/srv/corp.pem', 420), ('/root/corp.pem', '/root/corp.pem', 420);
