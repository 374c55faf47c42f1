#!/bin/sh
# tap.sh PROGRAM [ARGS] -- runs a cmocka program.  cmocka 1.1.7 calls a skipped
# test "not ok N # SKIP", which is a failure to whoever reads TAP as it is
# specified.
exec 3>&1
status=$({ { "$@" 3>&- 4>&-; echo $? >&4; } |
	sed 's/^not ok \(.* # SKIP\)/ok \1/; s/^not ok \([0-9]* # SKIP\)/ok \1/' >&3; } 4>&1)
exit "$status"
