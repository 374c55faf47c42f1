-- What was found stays found; the other list, not read completely, is unknown.
UPDATE store SET unread = 1 WHERE kind = 'system-bundle';
