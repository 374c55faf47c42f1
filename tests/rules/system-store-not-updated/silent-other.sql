-- Not Debian: nothing here says what the bundle is made of.
DELETE FROM entry WHERE store = '/etc/ca-certificates.conf';
