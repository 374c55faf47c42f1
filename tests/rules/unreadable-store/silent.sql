-- What the owner's program passes over is no loss.
INSERT INTO store (path, kind, skipped) VALUES ('/home/ann/ca', 'dotnet-ca', 2);
INSERT INTO problem (path, skipped) VALUES ('/home/bob', 1);
