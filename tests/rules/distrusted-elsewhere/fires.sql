INSERT INTO entry (store, certificate, role) VALUES
	('/etc/mono/disallowed', 'b', 'distrust');
