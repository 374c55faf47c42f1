-- SSL_CERT_DIR, say, leads there.
INSERT INTO store (path, kind, dangling) VALUES
	('/srv/certs', 'redirected-hash-directory', 1),
	('/srv/all', 'redirected-directory', 1);
