-- Everybody may write, who may come to it.
UPDATE directory SET mode = 448 WHERE path = '/home/ann';
INSERT INTO directory (path, mode) VALUES ('/home/ann/open', 511);
UPDATE store SET path = '/home/ann/open/own.pem' WHERE path = '/home/ann/own.pem';
UPDATE file SET mode = 438, path = '/home/ann/open/own.pem', store = '/home/ann/open/own.pem'
	WHERE path = '/home/ann/own.pem';
UPDATE entry SET store = '/home/ann/open/own.pem' WHERE store = '/home/ann/own.pem';
-- Behind it also what is another group's, which cannot come there either.
UPDATE file SET gid = 100 WHERE store = '/home/ann/open/own.pem';
