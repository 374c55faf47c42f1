-- What is no anchor may expire.
UPDATE entry SET role = 'intermediate' WHERE certificate = 'addtrust';
