-- For everybody, for a user, for named servers, weaker, in the environment, in a
-- process; each is one finding, also of a list.
INSERT INTO setting (name, value, program, effect, source, path, line, owner, section) VALUES
	('NODE_TLS_REJECT_UNAUTHORIZED', '0', 'node', 'off', 'file', '/etc/environment', 4, '', ''),
	('GIT_SSL_NO_VERIFY', '1', 'git', 'off', 'file', '/etc/environment', 5, '', ''),
	('insecure', NULL, 'curl', 'off', 'file', '/home/ann/.curlrc', 1, 'ann', ''),
	('trusted-host', 'pypi.example', 'pip', 'off', 'file', '/etc/pip.conf', 2, '', 'global'),
	('sslVerify', 'false', 'git', 'off', 'file', '/home/bob/.gitconfig', 7, 'bob', 'http.https://git.example'),
	('sslmode', 'prefer', 'postgresql', 'off', 'file', '/etc/pg_service.conf', 3, '', 'db'),
	('PYTHONHTTPSVERIFY', '0', 'python', 'off', 'environment', NULL, 0, '', ''),
	('insecure-registries', 'a', 'docker', 'off', 'file', '/etc/docker/daemon.json', 2, '', ''),
	('insecure-registries', 'b', 'docker', 'off', 'file', '/etc/docker/daemon.json', 2, '', ''),
	('-k', NULL, 'curl', 'off', 'process', '/usr/bin/curl', 0, 'ann', '');
