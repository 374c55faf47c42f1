-- A distribution's ldap.conf where no list was installed.
DELETE FROM uses;
INSERT INTO setting (name, program, effect, path, line, target, present) VALUES
	('TLS_CACERT', 'ldap', 'replaces', '/etc/ldap/ldap.conf', 16, '/etc/ssl/certs/ca-certificates.crt', 0);
