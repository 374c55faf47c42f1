#!/bin/sh
# isolation.sh -- reading in workers finds byte for byte what reading in one
# process finds: of every fixture of every reader, and of a whole host, with
# reports and problems.  And what is said of the workers, and required of them.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

# ---- every fixture of every reader -------------------------------------------
root=$work/fixtures
mkdir -p "$root/etc" "$work/config/stores"
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
{
	echo '<stores>'
	for dir in "$srcdir"/tests/readers/*/; do
		reader=$(basename "$dir")
		mkdir -p "$root/fixtures/$reader"
		# databases in their two halves have other names
		case $reader in
		ca-certificates-conf) continue ;;
		esac
		cp "$dir"*.in "$root/fixtures/$reader/"
		: >"$root/fixtures/$reader/empty.in"
		head -c 100 "$srcdir/tests/hosts/isolation.sh" \
			>"$root/fixtures/$reader/other.in"
		cat <<-END
			<store kind="fixtures-$reader" format="$reader" role="anchor"
			 files="*.in" recipe="remove-file" engine="OpenSSL">
			<title>The fixtures of $reader</title>
			<path>/fixtures/$reader</path>
			</store>
		END
	done
	echo '</stores>'
} >"$work/config/stores/fixtures.xml"

# everything that a scan of $root records, as one text
dump() { # dump MODE [ARGS]
	mode=$1
	shift
	rm -f "$work/$mode.db"
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/$mode.db" \
		--now 2021-09-25T00:00:00Z --isolation="$mode" "$@" >&2 ||
		[ $? -eq 4 ] || fail "$mode: the scan failed"
	for view in store entry certificate problem statement edge reach \
		verdict party_store; do
		"$TRUSTDRIFT" query --db "$work/$mode.db" --format tsv \
			"SELECT * FROM v_$view"
	done
}
dump off --config "$work/config" >"$work/off"
dump auto --config "$work/config" >"$work/auto"
check "of all fixtures the same is found" cmp "$work/off" "$work/auto"
check "that is much" [ "$(wc -l <"$work/off")" -gt 1000 ]
is "every reader has read" "$("$TRUSTDRIFT" query --db "$work/auto.db" \
	--format tsv "SELECT count(DISTINCT kind) FROM v_store
	WHERE entries + problems > 0 AND kind LIKE 'fixtures-%'" | sed 1d)" \
	"$(grep -c '<store ' "$work/config/stores/fixtures.xml")"
is "no reader died" "$("$TRUSTDRIFT" query --db "$work/auto.db" \
	--format tsv "SELECT path, message FROM v_problem
	WHERE code = 'reader-died'" | sed 1d)" ""

# ---- a host ------------------------------------------------------------------
good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem" "$good/dst-root-ca-x3.pem"
host_update "$root"
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
for mode in off auto; do
	for format in text json; do
		status=0
		"$TRUSTDRIFT" check --root "$root" --format "$format" \
			--now 2021-10-01T00:00:00Z --isolation="$mode" \
			--db "$work/none.db" >"$work/$mode.$format" || status=$?
		is "$mode, $format: findings" "$status" 2
	done
done
check "the same report for people" cmp "$work/off.text" "$work/auto.text"
check "the same report for programs" cmp "$work/off.json" "$work/auto.json"
dump off >"$work/off"
dump auto >"$work/auto"
check "of a host the same is found" cmp "$work/off" "$work/auto"

# ---- what is said ------------------------------------------------------------
"$TRUSTDRIFT" -v scan --root "$root" --db "$work/say.db" 2>"$work/said" \
	>/dev/null
check "what readers could enforce is said" \
	grep -q '^trustdrift: readers: .*limits' "$work/said"
check "and the program itself" grep -q '^trustdrift: keeper: ' "$work/said"
"$TRUSTDRIFT" -v scan --root "$root" --db "$work/say.db" --isolation=off \
	2>"$work/said" >/dev/null
check "that nothing is enforced, too" \
	grep -q '^trustdrift: readers: not isolated' "$work/said"
status=0
"$TRUSTDRIFT" scan --root "$root" --db "$work/say.db" --isolation=require \
	>"$work/out" 2>"$work/said" || status=$?
if [ "$status" -eq 1 ]; then
	is "what is missing is one line" "$(wc -l <"$work/said")" 1
	echo "isolation.sh: not all can be required here: $(cat "$work/said")"
else
	is "all that is required is there" "$status" 0
fi

# Where it may not become another user, that is missing.
if unshare -r true 2>/dev/null; then
	status=0
	unshare -r "$TRUSTDRIFT" scan --root "$root" --db "$work/inner.db" \
		--isolation=require >"$work/out" 2>"$work/said" || status=$?
	is "what cannot be required ends it" "$status" 1
	is "that is one line" "$(wc -l <"$work/said")" 1
	check "that says what" grep -q 'a user of its own' "$work/said"
	check "and nothing was recorded" [ ! -e "$work/inner.db" ]
	unshare -r "$TRUSTDRIFT" -v check --root "$root" \
		--now 2021-10-01T00:00:00Z --format json \
		--db "$work/none.db" >"$work/inner.json" 2>"$work/said"
	check "without being required it is said" \
		grep -q 'readers: .*; not: a user of its own' "$work/said"
	# the owners of files have other names there, of which rules speak
	unshare -r "$TRUSTDRIFT" check --root "$root" --isolation=off \
		--now 2021-10-01T00:00:00Z --format json \
		--db "$work/none.db" >"$work/inner-off.json"
	check "and the same is found" \
		cmp "$work/inner-off.json" "$work/inner.json"
fi

# ---- nothing to read, nobody to read it --------------------------------------
rm -f "$root/etc/ca-certificates.conf"	# read at every scan
find "$root" -exec touch -h -d '2021-01-01 00:00:00' {} +
sleep 3		# times of change younger than that are not relied on
"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/lazy.db" >/dev/null
"$TRUSTDRIFT" -v scan --root "$root" --db "$work/lazy.db" 2>"$work/said" \
	>/dev/null
check "no reader is started when nothing changed" \
	grep -q '^trustdrift: readers: none was needed' "$work/said"
# GnuTLS tells of it when it makes itself ready
GNUTLS_DEBUG_LEVEL=2 "$TRUSTDRIFT" --quiet scan --isolation=off --root "$root" \
	--db "$work/lazy.db" 2>"$work/said" >/dev/null
check "nor is GnuTLS made ready then" [ ! -s "$work/said" ]
GNUTLS_DEBUG_LEVEL=2 "$TRUSTDRIFT" --quiet scan --isolation=off --root "$root" \
	--db "$work/first.db" 2>"$work/said" >/dev/null
check "and it would have told" grep -q '^gnutls' "$work/said"

# ---- a library that cannot be loaded -----------------------------------------
case $("$TRUSTDRIFT" --version) in
*"with    loading"*)
	mkdir "$work/libraries"
	gnutls=$(LD_DEBUG=files "$TRUSTDRIFT" --version 2>&1 |
		sed -n 's,.*init: .*/\(libgnutls\.so\.[0-9]*\)$,\1,p')
	echo "no library" >"$work/libraries/${gnutls:-libgnutls.so.30}"
	for how in auto off; do
		status=0
		rm -f "$work"/without.db*
		LD_LIBRARY_PATH=$work/libraries "$TRUSTDRIFT" scan --root "$root" \
			--db "$work/without.db" --isolation=$how \
			>"$work/out" 2>"$work/said" || status=$?
		is "$how: without GnuTLS nothing is read" "$status" 1
		check "$how: and why is said" grep -q \
			"^trustdrift: fatal: .*/libgnutls.*; install" "$work/said"
		check "$how: and nothing is advised that fails as well" \
			[ "$(grep -c isolation=off "$work/said")" = 0 ]
		"$TRUSTDRIFT" --quiet scan --root "$root" \
			--db "$work/without.db" >/dev/null
		is "$how: nothing is recorded but by the next" \
			"$("$TRUSTDRIFT" show scans --db "$work/without.db" \
				--format tsv | sed 1d | wc -l)" 1
	done
	;;
esac
finish
