-- It is in the other, too.
INSERT INTO entry (store, certificate, role) VALUES
	('/etc/pki/ca-trust/source/blacklist', 'a', 'distrust');
