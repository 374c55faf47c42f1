#!/bin/sh
# calls.sh -- calls that this program does not make, and lengths of files.
: "${srcdir:=.}"
cd "$srcdir" || exit 1
status=0

# "FILE:LINE:TEXT" of all, in which comments and strings do not count.
code=$(mktemp) || exit 1
trap 'rm -f "$code"' EXIT
grep -n '' src/*.c src/*/*.c | sed -E 's,^([^:]*:[^:]*:)(.*)/\*.*\*/,\1\2,
	s,^([^:]*:[^:]*:) \*.*,\1,; s,/\*.*,,; s/"[^"]*"/""/g' >"$code"

# no PATTERN EXCEPT REASON: EXCEPT is a pattern of paths
no() {
	bad=$(grep -E "^[^:]*:[0-9]+:(.*[^_[:alnum:]>.])?($1)[[:space:]]*\(" "$code" |
		if [ -n "$2" ]; then grep -vE "^($2)"; else cat; fi)
	[ -z "$bad" ] || {
		printf '%s: %s\n%s\n' "$1" "$3" "$bad"
		status=1
	}
}
no 'v?sprintf|strcpy|strcat|gets|strtok|alloca' '' "overflows; use buf_* or xasprintf"
# a module of Ansible goes on as the program that is installed
no 'system|popen|exec[lv]p?e?' 'src/ansible-module.c' "nothing is run"
no 'atoi|atol|atoll|strtoul?|strtoull?' '' "use number_parse"
no 'malloc|calloc|realloc|strdup|strndup|asprintf' 'src/base/' "use the x* functions"
no 'fopen|open|openat|creat|opendir' 'src/base/' "only base/ opens files"
no 'printf|puts|perror' 'src/[^/]*:' "only commands and outputs print"
no 'socket|connect|getaddrinfo|gethostbyname' 'src/endpoint/|src/base/datagram.c' "only endpoint/ uses the network"
no 'fork|vfork|socketpair' 'src/base/worker.c|src/base/overlay.c|src/base/mounts.c|src/endpoint/' "nobody else makes processes"
no 'getenv' 'src/[^/]*:|src/locate/homes.c' "the environment decides nothing"

# SQL that the oldest SQLite of configure.ac (3.34) does not know; src/fleet's is
# PostgreSQL's.
sql() {
	bad=$(grep -nE -e "$1" src/*/*.c src/*.c data/schema/*.sql data/rules/*.xml |
		grep -v '^src/fleet/\|^data/schema/fleet.sql')
	[ -z "$bad" ] || {
		printf '%s: %s\n%s\n' "$1" "$2" "$bad"
		status=1
	}
}
sql 'ON CONFLICT DO UPDATE' "a target is needed before SQLite 3.35"
sql '[^A-Z]RETURNING[^A-Z]' "not before SQLite 3.35"
sql 'AS (NOT )?MATERIALIZED|(RIGHT|FULL)( OUTER)? JOIN' "not before SQLite 3.35 and 3.39"
sql "->>|[^_]unixepoch\\(|DROP COLUMN" "not before SQLite 3.38 and 3.35"

# One room a file.
wc -l src/*.c src/*/*.c src/*/*.h tests/*/*.c |
	awk '$2 != "total" && $1 > 900 {
		print $2 " has " $1 " lines: is it one room?"
		n++
	}
	END { exit n > 0 }' || status=1
exit $status
