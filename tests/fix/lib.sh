# lib.sh -- sourced by the tests of fix scripts: small roots, findings about
# them, the script made of these, and what it did.
# shellcheck shell=sh disable=SC2034 # $status and others are for who sources it
#
# $srcdir is the top of the source tree, $builddir that of the build tree.
# Each test runs in a directory of its own that is removed at the end, and no
# variable of the machine reaches the scripts.

: "${srcdir:=.}" "${builddir:=.}"
srcdir=$(CDPATH='' cd -- "$srcdir" && pwd)
builddir=$(CDPATH='' cd -- "$builddir" && pwd)
: "${MAKE_SCRIPT:=$builddir/tests/tools/make-script}"
[ -x "$MAKE_SCRIPT" ] || {
	echo "$MAKE_SCRIPT is not there" >&2
	exit 99
}
unset SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF JAVA_TOOL_OPTIONS \
	JDK_JAVA_OPTIONS _JAVA_OPTIONS TRUSTDRIFT_STOREPASS NSS_DEFAULT_DB_TYPE \
	SHELLCHECK_OPTS TMPDIR CDPATH POSIXLY_CORRECT || :
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ

work=$(mktemp -d)
work=$(CDPATH='' cd -- "$work" && pwd -P)
# shellcheck disable=SC2317 # the trap calls it
cleanup() {
	chmod -R u+rwX "$work" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
HOME=$work/nobody XDG_STATE_HOME=$work/state
export HOME XDG_STATE_HOME
mkdir "$HOME"
root=$work/root

failed=0 passed=0
fail() {
	printf 'FAIL: %s\n' "$*" >&2
	failed=$((failed + 1))
}
pass() { passed=$((passed + 1)); }

# is WHAT GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		pass
	else
		fail "$1"
		printf '  got:    %s\n  wanted: %s\n' "$2" "$3" >&2
	fi
}

# ok WHAT COMMAND...
ok() {
	what=$1
	shift
	if "$@"; then pass; else fail "$what"; fi
}

# said WHAT PATTERN: the last run said it
said() {
	grep -q -e "$2" "$work/out" || {
		fail "$1"
		sed 's/^/  | /' "$work/out" >&2
		return
	}
	pass
}

finish() {
	printf '%d checks passed, %d failed\n' "$passed" "$failed"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
	exit
}

skip() {
	printf 'SKIPPED, NOT TESTED: %s\n' "$*"
	exit 77
}

# root_new: an empty root
root_new() {
	rm -rf "${root:?}"
	mkdir -p "$root/etc" "$root/var/lib" "$root/home/ann"
	echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
	: >"$work/findings"
}

# finding NUMBER RECIPE LOCATION [KEY VALUE]...: in the words of make-script
finding() {
	printf 'id %032x\nrecipe %s\nlocation %s\n' "$1" "$2" "$3"
	shift 3
	printf 'rule a-rule\nseverity high\n'
	while [ $# -gt 1 ]; do
		printf '%s %s\n' "$1" "$2"
		shift 2
	done
} >>"$work/findings"

# make: $work/fix.sh for the findings, and $steps; tests/fix/generated.sh has the
# linters look at those of all recipes.  $config is the directory
# of the administrator's own recipes, $made the time of the scan.
config='' made=''
make() {
	"$MAKE_SCRIPT" ${config:+-c "$config"} ${made:+-m "$made"} "$root" <"$work/findings" >"$work/fix.sh" \
		2>"$work/steps" || fail "make-script: $(cat "$work/steps")"
	steps=$(cat "$work/steps")
	dash -n "$work/fix.sh" || fail "dash -n"
}

# run [ARGUMENT...]: the script; $status, and what it said in $work/out
run() {
	status=0
	dash "$work/fix.sh" "$@" >"$work/out" 2>&1 </dev/null || status=$?
}

# Everything that is to come back: names, types, modes, owners, times, link
# targets and contents, but for what the scripts keep.  $listed are the
# directories.
listed=.
# shellcheck disable=SC2086 # words
listing() {
	(cd "$root" && {
		find $listed -path '*/var/lib/trustdrift' -prune -o ! -type d \
			-exec stat -c '%N %F %a %u %g %y' -- {} +
		find $listed -path '*/var/lib/trustdrift' -prune -o -type f \
			-exec cksum -- {} +
	} | LC_ALL=C sort)
}

# the newest backup
backup() {
	find "$root/var/lib/trustdrift/backup" -mindepth 1 -maxdepth 1 \
		-type d | LC_ALL=C sort | tail -n 1
}

backups() {
	find "$root/var/lib/trustdrift/backup" -mindepth 1 -maxdepth 1 \
		-type d 2>/dev/null | wc -l
}

certificates=$srcdir/tests/unit/data
mkdir "$work/pem"
# pem_file NAME...: $work/pem/NAME, made once
pem_file() {
	for pem_name in "$@"; do
		[ -f "$work/pem/$pem_name" ] || {
			echo '-----BEGIN CERTIFICATE-----'
			base64 -w 64 "$certificates/$pem_name.der"
			echo '-----END CERTIFICATE-----'
		} >"$work/pem/$pem_name"
	done
}

# pem NAME...: certificates of the unit tests
pem() {
	pem_file "$@"
	(cd "$work/pem" && exec cat -- "$@")
}

sha256_of() {
	sha256sum <"$certificates/$1.der" | cut -c 1-64
}

# ---- Debian's system store, in a root where no program runs --------------------
certs=$root/etc/ssl/certs
share=$root/usr/share/ca-certificates
local=$root/usr/local/share/ca-certificates

# debian_new: a Debian with four packaged CAs, one of them deselected, and a
# local one.  The hash names are invented: nobody here looks them up.
debian_new() {
	root_new
	[ ! -d "$work/debian" ] || {
		cp -a "$work/debian/." "$root/"
		return
	}
	mkdir -p "$certs/java" "$share/mozilla" "$local" "$root/usr/lib/ssl"
	ln -s /etc/ssl/certs "$root/usr/lib/ssl/certs"
	ln -s /etc/ssl/certs/ca-certificates.crt "$root/usr/lib/ssl/cert.pem"
	for name in root other utf8 several; do
		pem $name >"$share/mozilla/$name.crt"
	done
	pem spaces >"$local/spaces.crt"
	printf '%s\n' '# which ones' 'mozilla/root.crt' '!mozilla/utf8.crt' \
		'mozilla/other.crt' ' mozilla/several.crt' \
		>"$root/etc/ca-certificates.conf"
	link /usr/share/ca-certificates/mozilla/root.crt root 11111111.0
	link /usr/share/ca-certificates/mozilla/other.crt other 11111111.1
	link /usr/share/ca-certificates/mozilla/several.crt several 11111111.2
	link /usr/local/share/ca-certificates/spaces.crt spaces 22222222.0
	pem root other several spaces >"$certs/ca-certificates.crt"
	chmod 640 "$certs/ca-certificates.crt"
	echo java >"$certs/java/cacerts"
	cp -a "$root" "$work/debian"
}

link() { # link FILE NAME HASH
	ln -s "$1" "$certs/$2.pem"
	ln -s "$2.pem" "$certs/$3"
}

bundle=/etc/ssl/certs/ca-certificates.crt
ca() { # ca NUMBER NAME LOCATION
	finding "$1" debian-system-ca "$3" sha256 "$(sha256_of "$2")" name "$2"
}

# what OpenSSL finds by hash: it stops at the first number that is missing
hashed() {
	for hash in 11111111 22222222 33333333; do
		n=0
		while [ -L "$certs/$hash.$n" ]; do
			readlink "$certs/$hash.$n"
			n=$((n + 1))
		done
	done | tr '\n' ' '
}

bundled() { # bundled NAME...: is the bundle these, in this order?
	pem "$@" | cmp -s - "$certs/ca-certificates.crt"
}
