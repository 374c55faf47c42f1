#!/bin/sh
# rules-page.sh -- the worked example of trustdrift-rules(5), as it stands there:
# its files are written, its commands typed, and they say what the page says.
#
# In "A rule, step by step" a display behind `.Pa FILE :' is the contents of that
# file, and any other one a session: `$ ' begins a command, which goes on while a
# quote is open or the line ends in | or \, and the rest is what it says.  There
# `...' stands for any lines, and a \ at the end joins two.
: "${srcdir:=.}" "${TRUSTDRIFT:?the program}"
command -v openssl >/dev/null || {
	echo "SKIPPED, NOT TESTED: openssl is missing"
	exit 77
}
case $TRUSTDRIFT in
/*) ;;
*) TRUSTDRIFT=$PWD/$TRUSTDRIFT ;;
esac
page=$(CDPATH='' cd -- "$srcdir" && pwd)/man/trustdrift-rules.5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
LC_ALL=C.UTF-8 TZ=UTC HOME=$work XDG_STATE_HOME=$work/state
export LC_ALL TZ HOME XDG_STATE_HOME TRUSTDRIFT
unset NO_COLOR COLUMNS LANGUAGE SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF || :
mkdir "$work/bin" "$work/run"
# shellcheck disable=SC2016 # for the script
printf '#!/bin/sh\nexec "$TRUSTDRIFT" "$@"\n' >"$work/bin/trustdrift"
chmod +x "$work/bin/trustdrift"
PATH=$work/bin:$PATH

# the page as a script, and what it is to say
awk -v script="$work/script" -v want="$work/want" '
function plain(s) {
	gsub(/\\&/, "", s)
	gsub(/\\\(pc/, "·", s)
	gsub(/\\e/, "\\", s)
	return s
}
function is_open(s,  quotes) {
	quotes = gsub(/"/, "\"", s)
	return quotes % 2 == 1 || s ~ /[|\\]$/
}
/^\.S[sh] / { inside = $0 == ".Ss A rule, step by step" }
!inside { next }
/^\.Bd/ {
	shown = 1
	if (last ~ /^\.Pa .* :$/) {
		split(last, words, " ")
		print "cat >" words[2] " <<\\END-OF-FILE" >script
		is_file = 1
	}
	next
}
/^\.Ed/ {
	if (is_file)
		print "END-OF-FILE" >script
	shown = is_file = 0
}
!shown { last = $0; next }
is_file { print plain($0) >script; next }
{
	line = plain($0)
	if (sub(/^\$ /, "", line)) {
		command = line
		commands++
		print "at " commands >script
		print line >script
		print "# " commands >want
	} else if (is_open(command)) {
		command = command "\n" line
		print line >script
	} else {
		command = ""
		joined = sub(/\\$/, "", line)
		printf "%s%s", line, joined ? "" : "\n" >want
	}
}
END { print commands + 0 }' "$page" >"$work/commands"
[ "$(cat "$work/commands")" -ge 15 ] || {
	echo "the example of $page was not found: $(cat "$work/commands") commands"
	exit 1
}
cd "$work/run" || exit 1
{
	# shellcheck disable=SC2016 # for the script
	printf 'at() { status=$?; echo "# $1"; return $status; }\n'
	cat "$work/script"
} >"$work/whole"
sh "$work/whole" >"$work/got" 2>&1

# line by line, where ... in what is wanted stands for any lines of one command
awk '
NR == FNR { want[++n] = $0; next }
{ got[++m] = $0 }
function matches(i, j) {
	for (; i <= n; i++) {
		if (want[i] == "...") {
			for (; j <= m + 1; j++) {
				if (matches(i + 1, j))
					return 1
				if (got[j] ~ /^# [0-9]+$/)
					return 0
			}
			return 0
		}
		if (j > m || want[i] != got[j]) {
			if (j > furthest) {
				furthest = j
				wanted = want[i]
			}
			return 0
		}
		j++
	}
	return j == m + 1
}
END {
	if (n > 0 && matches(1, 1))
		exit 0
	print "FAIL: the page and the program differ at \"" wanted "\":"
	for (j = 1; j <= m; j++)
		print (j == furthest ? "> " : "  ") got[j]
	exit 1
}' "$work/want" "$work/got"
