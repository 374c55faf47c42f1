#!/bin/sh
# calls.sh -- calls that this program does not make, and lengths of files.
: "${srcdir:=.}"
cd "$srcdir" || exit 1
status=0

# no PATTERN EXCEPT REASON: EXCEPT is an expr(1) pattern of paths; comments and
# strings do not count
no() {
	bad=$(for f in src/*.c src/*/*.c; do
		[ -z "$2" ] || ! expr "$f" : "$2" >/dev/null || continue
		sed 's,/\*.*\*/,,; s,^ \*.*,,; s,/\*.*,,; s/"[^"]*"/""/g' "$f" |
			grep -nE "(^|[^_[:alnum:]>.])($1)[[:space:]]*\(" | sed "s,^,$f:,"
	done)
	[ -z "$bad" ] || {
		printf '%s: %s\n%s\n' "$1" "$3" "$bad"
		status=1
	}
}
no 'v?sprintf|strcpy|strcat|gets|strtok|alloca' '' "overflows; use buf_* or xasprintf"
no 'system|popen|exec[lv]p?e?' '' "nothing is run"
no 'atoi|atol|atoll|strtoul?|strtoull?' '' "use number_parse"
no 'malloc|calloc|realloc|strdup|strndup|asprintf' 'src/base/' "use the x* functions"
no 'fopen|open|openat|creat|opendir' 'src/base/' "only base/ opens files"
no 'printf|puts|perror' 'src/[^/]*$' "only commands and outputs print"
no 'socket|connect|getaddrinfo|gethostbyname' 'src/endpoint/' "only endpoint/ uses the network"
no 'fork|vfork|socketpair' 'src/base/worker.c\|src/base/mounts.c\|src/endpoint/' "nobody else makes processes"
no 'getenv' 'src/[^/]*$\|src/locate/homes.c' "the environment decides nothing"

# One room a file.
for f in src/*.c src/*/*.c src/*/*.h tests/*/*.c; do
	n=$(wc -l <"$f")
	[ "$n" -le 900 ] || {
		echo "$f has $n lines: is it one room?"
		status=1
	}
done
exit $status
