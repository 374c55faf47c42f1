-- On Debian an empty directory is one that was not made.
DELETE FROM entry WHERE store = '/etc/ssl/certs';
