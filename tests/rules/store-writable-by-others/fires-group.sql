UPDATE file SET mode = 436, gid = 27 WHERE path = '/opt/jdk/cacerts';
UPDATE directory SET mode = 509, gid = 27 WHERE path = '/etc/ssl';
