-- A party takes from this list what lies between, and not its anchors.
UPDATE uses SET role = 'intermediate' WHERE party = 'node:/usr/bin/node';
