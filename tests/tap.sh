#!/bin/sh
# tap.sh PROGRAM [ARGS] -- runs a cmocka program.  cmocka 1.1.7 calls a skipped
# test "not ok N # SKIP", which is a failure to whoever reads TAP as it is
# specified.
#
# It has a TMPDIR of its own, so that a test that fails, crashes or is interrupted
# leaves nothing behind: cmocka leaves a failed test by longjmp().
TMPDIR=$(mktemp -d) || exit 1
export TMPDIR
trap 'chmod -R u+rwX "$TMPDIR"; rm -rf "$TMPDIR"' EXIT
trap 'exit 1' HUP INT TERM
chmod 1777 "$TMPDIR"	# as /tmp: some tests become another user
exec 3>&1
status=$({ { "$@" 3>&- 4>&-; echo $? >&4; } |
	sed 's/^not ok \(.* # SKIP\)/ok \1/; s/^not ok \([0-9]* # SKIP\)/ok \1/' >&3; } 4>&1)
exit "$status"
