# lib.sh -- sourced by the tests of whole hosts: fake roots, and questions to
# a report.  $TRUSTDRIFT is the program, $srcdir the top of the source tree.
# shellcheck shell=sh disable=SC2034 # $status is for who sources this
#
# Each test runs in a directory of its own that is removed at the end, with an
# environment of its own: no variable of the machine reaches the program.

: "${srcdir:=.}" "${TRUSTDRIFT:?the program to test}"
srcdir=$(CDPATH='' cd -- "$srcdir" && pwd)
case $TRUSTDRIFT in
/*) ;;
*) TRUSTDRIFT=$PWD/$TRUSTDRIFT ;;
esac
unset SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS OPENSSL_CONF CURL_CA_BUNDLE \
	REQUESTS_CA_BUNDLE JAVA_TOOL_OPTIONS NODE_OPTIONS NO_COLOR COLUMNS || :
LC_ALL=C.UTF-8
LANGUAGE=C		# and no translation
TZ=UTC
export LC_ALL LANGUAGE TZ

work=$(mktemp -d)
work=$(CDPATH='' cd -- "$work" && pwd -P)
trap 'chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
HOME=$work/nobody
XDG_STATE_HOME=$work/state
export HOME XDG_STATE_HOME
mkdir "$HOME"

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

# check WHAT COMMAND ...: it must succeed
check() {
	what=$1
	shift
	if "$@"; then
		pass
	else
		fail "$what"
	fi
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

thumbprint() { # of a PEM file: .NET's name for it
	openssl x509 -in "$1" -noout -fingerprint -sha1 |
		sed 's/.*=//; s/://g'
}
sha256_of() {
	openssl x509 -in "$1" -noout -fingerprint -sha256 |
		sed 's/.*=//; s/://g' | tr 'A-F' 'a-f'
}

# ---- roots ---------------------------------------------------------------------
# host_new ROOT: an empty Debian, with a user ann.
host_new() {
	mkdir -p "$1/etc/ssl/certs" "$1/usr/share/ca-certificates/mozilla" \
		"$1/usr/local/share/ca-certificates" "$1/usr/lib/ssl" \
		"$1/root" "$1/home/ann"
	cat >"$1/etc/passwd" <<-'END'
	root:x:0:0:root:/root:/bin/sh
	nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
	ann:x:1000:1000:Ann:/home/ann:/bin/sh
	END
	echo 'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"' >"$1/etc/os-release"
	echo 0123456789abcdef0123456789abcdef >"$1/etc/machine-id"
	echo fakehost >"$1/etc/hostname"
	ln -s /etc/ssl/certs "$1/usr/lib/ssl/certs"
	: >"$1/etc/ca-certificates.conf"
}

# host_root_ca ROOT FILE.pem ...: CAs that the package ships and selects.
host_root_ca() {
	host=$1
	shift
	for pem in "$@"; do
		name=$(basename "$pem")
		name=${name%.*}
		cp "$pem" "$host/usr/share/ca-certificates/mozilla/$name.crt"
		echo "mozilla/$name.crt" >>"$host/etc/ca-certificates.conf"
	done
}

# host_update ROOT: what update-ca-certificates makes of ca-certificates.conf:
# .pem links, hash links and the bundle, links absolute as Debian's are.
host_update() {
	host=$1
	certs=$host/etc/ssl/certs
	rm -f "$certs"/*.pem "$certs"/*.[0-9] "$certs/ca-certificates.crt"
	: >"$certs/ca-certificates.crt"
	{
		sed -n '/^[^#!]/s,^,/usr/share/ca-certificates/,p' \
			"$host/etc/ca-certificates.conf"
		find "$host/usr/local/share/ca-certificates" -name '*.crt' |
			sort | sed "s,^$host,,"
	} | while read -r file; do
		[ -e "$host$file" ] || continue
		name=$(basename "$file" .crt)
		ln -s "$file" "$certs/$name.pem"
		hash=$(openssl x509 -in "$host$file" -noout -subject_hash)
		n=0
		while [ -h "$certs/$hash.$n" ]; do n=$((n + 1)); done
		ln -s "$name.pem" "$certs/$hash.$n"
		cat "$host$file" >>"$certs/ca-certificates.crt"
	done
}

# host_remove_ca ROOT NAME: a package update that drops it.
host_remove_ca() {
	rm -f "$1/usr/share/ca-certificates/mozilla/$2.crt"
	sed -i "\\,^mozilla/$2.crt\$,d" "$1/etc/ca-certificates.conf"
	host_update "$1"
}

dotnet_store=.dotnet/corefx/cryptography/x509stores
# host_dotnet HOME STORE FILE.pem: as .NET would have cached it.  What .NET
# itself wrote is taken where it lies beside the certificate; else OpenSSL's
# PKCS#12 with an empty password, which .NET reads as well.
host_dotnet() {
	mkdir -p "$1/$dotnet_store/$2"
	pfx=$1/$dotnet_store/$2/$(thumbprint "$3").pfx
	if [ -e "${3%.pem}.pfx" ]; then
		cp "${3%.pem}.pfx" "$pfx"
	else
		openssl pkcs12 -export -nokeys -in "$3" -passout pass: -out "$pfx"
	fi
	chmod 600 "$pfx"
	printf '%s\n' "${pfx#"$root"}"
}

# host_before_outage ROOT: a Debian of before the outage of 2021, whose system has
# ISRG Root X1 and DST Root CA X3.
host_before_outage() {
	host_new "$1"
	host_root_ca "$1" "$outage_certificates/isrg-root-x1.pem" \
		"$outage_certificates/dst-root-ca-x3.pem"
	host_update "$1"
}

# host_outage ROOT [ARGUMENT ...]: the outage.  A scan (with ARGUMENTs: --db FILE)
# knew DST Root CA X3, an update took it away, and .NET of ann has R3, which it
# signed.  ROOT is what host_before_outage made, or is made now; the outage is to
# be seen at $outage_time.
outage_certificates=$srcdir/tests/hosts/certificates/dst-2021
# shellcheck disable=SC2034 # for those who have sourced this
outage_time=2021-09-25T00:00:00Z
host_outage() {
	outage_root=$1
	shift
	[ -d "$outage_root" ] || host_before_outage "$outage_root"
	"$TRUSTDRIFT" scan --quiet --root "$outage_root" \
		--now 2021-09-19T00:00:00Z "$@" || fail "the scan before the outage"
	host_remove_ca "$outage_root" dst-root-ca-x3
	host_dotnet "$outage_root/home/ann" ca \
		"$outage_certificates/r3-by-dst.pem" >/dev/null
}

# host_elf FILE FILE.pem ...: a program with these compiled in as Node has them.
host_elf() {
	elf=$1
	shift
	{
		echo 'const char *const root_certs[] = {'
		for pem in "$@"; do
			sed -n '/-BEGIN/,/-END/s/.*/"&\\n"/p' "$pem" |
				sed '$s/\\n"$/",/'
		done
		echo '};'
		# a Node is large: what is small only loads the library
		echo 'const char padding[3 << 20] = { 1 };'
	} >"$work/elf.c"
	mkdir -p "$(dirname "$elf")"
	gcc -shared -nostdlib -fPIC -o "$elf" "$work/elf.c"
}

# ---- questions -------------------------------------------------------------------
# audit ROOT [ARGS]: JSON in $work/report.json, the exit status in $status.
audit() {
	audit_root=$1
	shift
	status=0
	"$TRUSTDRIFT" audit --root "$audit_root" --format json "$@" \
		>"$work/report.json" 2>"$work/errors" || status=$?
	[ ! -s "$work/errors" ] || cat "$work/errors" >&2
}

# findings [RULE [SEVERITY]]: "severity rule location sha256", sorted, of what
# the last report found; the store's path where it is about no entry, and of what
# is about several certificates a line for each.
findings() {
	/usr/bin/python3 -I - "$work/report.json" "${1:-}" "${2:-}" <<-'END'
	import json, sys
	report = json.load(open(sys.argv[1]))
	rows = []
	for f in report["findings"]:
	    if f["status"] != "found":
	        continue
	    if sys.argv[2] and f["rule"] != sys.argv[2]:
	        continue
	    if sys.argv[3] and f["severity"] != sys.argv[3]:
	        continue
	    entry, certificate = f["entry"] or {}, f["certificate"] or {}
	    where = entry.get("location") or (f["store"] or {}).get("path")
	    rows.append("%s %s %s %s" % (f["severity"], f["rule"], where, (certificate.get("sha256") or "-")[:16]))
	    if f["certificates"]:
	        rows.pop()
	    for m in {m["sha256"]: m for m in reversed(f["certificates"])}.values():
	        rows.append("%s %s %s %s" % (m["severity"], f["rule"], m["location"] or where, (m["sha256"] or "-")[:16]))
	print("\n".join(sorted(rows)))
	END
}

# evidence RULE LOCATION KIND: its texts, in order.
evidence() {
	/usr/bin/python3 -I - "$work/report.json" "$@" <<-'END'
	import json, sys
	for f in json.load(open(sys.argv[1]))["findings"]:
	    where = (f["entry"] or {}).get("location") or (f["store"] or {}).get("path")
	    if f["rule"] == sys.argv[2] and where == sys.argv[3]:
	        for e in f["evidence"]:
	            if e["kind"] == sys.argv[4]:
	                print((e["sha256"] or "-")[:16], e["text"])
	END
}
