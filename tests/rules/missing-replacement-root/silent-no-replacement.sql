-- The system store does not have the root either, or one that ends too.
UPDATE certificate SET not_after = '2020-06-30T00:00:00Z' WHERE name = 'usertrust';
