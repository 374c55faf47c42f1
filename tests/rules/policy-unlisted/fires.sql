-- For one type; what is required is allowed, what is forbidden has a rule of its
-- own.
INSERT INTO policy (kind, certificate, party) VALUES ('allow', 'other', 'java'), ('require', 'b', 'java');
