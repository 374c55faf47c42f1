-- The same when an intermediate beneath is known: it is USERTrust's matter.
INSERT INTO entry (store, certificate, role, label) VALUES
	('/home/ann/.pki/nssdb/cert9.db', 'sectigo', 'intermediate', 'sectigo');
