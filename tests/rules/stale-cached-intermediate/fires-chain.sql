-- The chain to the departed root goes through another cached intermediate.
INSERT INTO earlier (now) VALUES ('2021-09-19T00:00:00Z');
INSERT INTO entry (store, certificate, location, scan) VALUES
	('/etc/ssl/certs', 'dst-root', '/etc/ssl/certs/2e5ac55d.0', 'earlier');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'inner', 'intermediate', '/home/ann/ca/inner.pfx');
INSERT INTO entry (store, certificate, role, location) VALUES
	('/home/ann/ca', 'r3-by-dst', 'intermediate', '/home/ann/ca/r3-by-dst.pfx');
INSERT INTO certificate (name, subject, issuer, not_before, not_after) VALUES
	('inner', 'Inner CA', 'R3', '2020-11-01T00:00:00Z', '2022-11-01T00:00:00Z');
