-- For all, by key and by subject; and for one purpose only.
INSERT INTO policy (kind, certificate, "key", subject, purpose) VALUES ('allow', NULL, 'A', NULL, NULL),
	('allow', NULL, NULL, 'CN=Other', 'emailProtection'), ('allow', 'b', NULL, NULL, 'serverAuth');
