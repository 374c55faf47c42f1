-- A host with a bundle alone has nothing that could differ.
DELETE FROM entry WHERE store = '/etc/ssl/certs';
DELETE FROM uses WHERE store = '/etc/ssl/certs';
DELETE FROM store WHERE path = '/etc/ssl/certs';
