-- A group of one's own; root's group; staff below /usr/local; sticky above a store.
UPDATE file SET mode = 436 WHERE path IN ('/home/ann/own.pem', '/etc/ssl/certs/ca-certificates.crt');
UPDATE directory SET mode = 509 WHERE path = '/home/ann';
UPDATE directory SET mode = 1533, gid = 50 WHERE path = '/usr/local/share';
UPDATE directory SET mode = 1023 WHERE path = '/srv/app';
