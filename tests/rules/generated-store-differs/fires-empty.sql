-- The hook failed: keytool makes a store of 32 bytes.
SELECT 1;
