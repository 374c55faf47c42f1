-- A file; a directory with two stores; one that is a store, and sticky; a user's.
UPDATE file SET mode = 438 WHERE path = '/etc/ssl/certs/ca-certificates.crt';
UPDATE directory SET mode = 511 WHERE path IN ('/opt', '/home/ann');
UPDATE directory SET mode = 1023 WHERE path = '/usr/local/share/ca-certificates';
