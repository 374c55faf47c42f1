-- No hash link, but a file's name.
UPDATE store SET dangling = 1 WHERE path = '/etc/ssl/certs';
