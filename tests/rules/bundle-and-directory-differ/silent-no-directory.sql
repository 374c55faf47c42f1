-- NixOS has a bundle there, and nothing else: the directory is no store.
DELETE FROM entry WHERE store IN ('/etc/ssl/certs', '/etc/ca-certificates.conf');
DELETE FROM store WHERE path IN ('/etc/ca-certificates.conf', '/usr/local/share/ca-certificates');
