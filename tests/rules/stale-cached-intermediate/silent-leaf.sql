-- A cached end-entity certificate is no matter of paths.
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'leaf', 'intermediate', '/home/ann/ca/leaf.pfx');
INSERT INTO certificate (name, subject, issuer, ca) VALUES ('leaf', 'host', 'DST Root CA X3', 0);
