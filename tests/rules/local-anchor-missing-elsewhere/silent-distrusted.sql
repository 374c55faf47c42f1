-- It is not forgotten there but refused.
INSERT INTO entry (store, certificate, role) VALUES ('/usr/bin/node', 'corp', 'distrust');
