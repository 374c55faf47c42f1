-- Without the program's list nobody can say what is published.
DELETE FROM program;
