-- Who may pass is the group: it may write, and not everybody.
UPDATE directory SET mode = 488, gid = 33 WHERE path = '/srv/app';
UPDATE file SET mode = 438, uid = 0, gid = 33, user = 'root' WHERE path = '/srv/app/ca.pem';
