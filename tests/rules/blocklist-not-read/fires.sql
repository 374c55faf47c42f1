INSERT INTO entry (store, certificate, role) VALUES
	('/etc/pki/ca-trust/source/blacklist', 'b', 'distrust');
