-- Nobody made links here.
DELETE FROM entry WHERE store = '/usr/lib/ssl/certs';
