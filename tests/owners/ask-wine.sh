#!/bin/sh
# ask-wine.sh -- the real Wine of Debian 12: what a Windows program adds to the
# stores of a prefix, what it lists of every fixture of the reader, and what its
# chains end in is what trustdrift says.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"

[ "$(uname -m)" = x86_64 ] || skip "needs a machine of the type x86_64"
fetch_tree bookworm wine wine64 || skip "needs Wine of Debian 12"
fetch_tree bookworm mingw gcc-mingw-w64-x86-64-win32 ||
	skip "needs MinGW-w64 of Debian 12"
tree=$OWNERS/bookworm/wine
root=$work/host
host_new "$root"
prefix=$root/home/ann/.wine

# Debian's wineserver is a script that knows one place only.
ln -sf wineserver64 "$tree/usr/lib/wine/wineserver"
in_wine() {
	env -i PATH=/usr/bin:/bin HOME="$root/home/ann" LC_ALL=C.UTF-8 TZ=UTC \
		WINEPREFIX="$prefix" WINEDEBUG=-all \
		WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=' \
		WINEDLLPATH="$tree/usr/lib/x86_64-linux-gnu/wine" \
		LD_LIBRARY_PATH="$tree/usr/lib/x86_64-linux-gnu:$tree/usr/lib/x86_64-linux-gnu/pulseaudio" \
		"$@"
}
wine() { in_wine timeout 300 "$tree/usr/lib/wine/wine64" "$@" 2>/dev/null; }
stop() {
	in_wine "$tree/usr/lib/wine/wineserver64" -k || :
	in_wine "$tree/usr/lib/wine/wineserver64" -w
}
trap 'stop; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
ask() { wine "$work/ask.exe" "$@" | tr -d '\r'; }

bin=$OWNERS/bookworm/mingw/usr/bin
LD_LIBRARY_PATH=$OWNERS/bookworm/mingw/usr/lib/x86_64-linux-gnu PATH=$bin:$PATH \
	"$bin/x86_64-w64-mingw32-gcc-win32" -O -Wall -o "$work/ask.exe" \
	"$srcdir/tests/owners/wine-store.c" -lcrypt32 ||
	skip "MinGW-w64 cannot compile"
mkdir -p "$prefix/drive_c/windows/system32"
cp "$tree/usr/x86_64-w64-mingw32/lib/zlib1.dll" "$prefix/drive_c/windows/system32/"
wine wineboot -i >/dev/null || fail "wineboot"
ask list machine Root | cut -d ' ' -f 2 | sort -u >"$work/builtin"
[ -s "$work/builtin" ] || skip "Wine does not run here"
ask list user Root >/dev/null
stop
mkdir "$work/clean"
cp "$prefix/system.reg" "$prefix/user.reg" "$work/clean/"
reset() {
	stop
	cp "$work/clean/system.reg" "$work/clean/user.reg" "$prefix/"
}

scan() {
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/wine.db" \
		--now 2030-01-01T00:00:00Z || [ $? -eq 4 ]
}
query() { "$TRUSTDRIFT" query --db "$work/wine.db" --format tsv "$1" | sed 1d; }
ours() { # ours KIND CONDITION
	query "SELECT DISTINCT c.sha1 FROM v_entry e JOIN v_known_certificate c
		ON c.sha256 = e.sha256 WHERE e.kind = '$1' AND ($2) ORDER BY c.sha1"
}
# Without the host's and Microsoft's roots, which are in no file.
not_builtin() { comm -23 - "$work/builtin"; }
theirs() { ask list "$1" "$2" | cut -d ' ' -f 2 | sort -u | not_builtin; }
scan
is "a fresh prefix has nothing" "$(query "SELECT entries, problems FROM v_store
	WHERE kind LIKE 'wine-%'" | sort -u)" "0	0"

# ---- what a Windows program adds ---------------------------------------------------
# What is added to the user's store and is in the machine's already stays there.
stores="Root CA My Disallowed AuthRoot Own"
n=0
for pem in "$srcdir"/tests/hosts/certificates/*-202?/*.pem; do
	n=$((n + 1))
	openssl x509 -in "$pem" -outform DER -out "$work/$n.der"
	store=$(echo "$stores" | cut -d ' ' -f $(((n + 1) / 2)))
	where=$([ $((n % 2)) -eq 0 ] && echo machine || echo user)
	ask add "$where" "$store" "Z:$work/$n.der" "number $n" ||
		fail "cannot add to $store"
done
for store in $stores; do
	theirs machine "$store" >"$work/machine-$store"
	theirs user "$store" >"$work/user-$store"
	[ -s "$work/machine-$store" ] || fail "Wine lists nothing in $store"
done
stop
scan
for store in $stores; do
	is "machine: $store" "$(ours wine-machine "e.label LIKE '$store: %'" |
		not_builtin)" "$(cat "$work/machine-$store")"
	is "user: $store" "$({
		ours wine-machine "e.label LIKE '$store: %'"
		ours wine-user "e.label LIKE '$store: %'"
	} | sort -u | not_builtin)" "$(cat "$work/user-$store")"
done
check "with their friendly names" test "$(query "SELECT count(*) FROM v_entry
	WHERE kind LIKE 'wine-%' AND label LIKE '%: number %'")" -eq "$n"

# ---- every fixture, as the machine's registry ----------------------------------------
for fixture in "$srcdir"/tests/readers/wine-registry/*.in; do
	name=$(basename "$fixture" .in)
	case $name in
	no-bytes | version-3) continue ;;
	esac
	reset
	# without the links that the registry has already
	sed '/^WINE REGISTRY/d; /Wow6432Node.*Certificates\]/,/^$/d' "$fixture" \
		>>"$prefix/system.reg"
	scan
	ours wine-machine "e.role = 'anchor'" >"$work/ours"
	theirs machine Root >"$work/theirs"
	is "$name" "$(cat "$work/ours")" "$(cat "$work/theirs")"
done
for version in 'Version 1' 'Version 3'; do
	reset
	sed "1s/Version 2/$version/" "$work/clean/system.reg" >"$prefix/system.reg"
	scan
	check "$version is named" test -n "$(query "SELECT message FROM v_problem
		WHERE message LIKE '%version%'")"
done

# ---- whom it trusts ------------------------------------------------------------------
(
	cd "$work" || exit 1
	echo 'basicConstraints=critical,CA:TRUE' >ca.ext
	openssl req -x509 -newkey rsa:2048 -noenc -days 20000 -subj "/CN=Root" \
		-keyout root.key -out root.pem
	sign() {
		openssl req -new -newkey rsa:2048 -noenc -subj "/CN=$1" \
			-keyout "$1.key" -out "$1.csr"
		openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" \
			-days 20000 ${3:+-extfile "$3"} -out "$1.pem"
	}
	sign between root ca.ext
	sign leaf between
	for c in root between leaf; do
		openssl x509 -in $c.pem -outform DER -out $c.der
	done
) >"$work/openssl.log" 2>&1 || fail "openssl: $(cat "$work/openssl.log")"
root_sha256=$(sha256_of "$work/root.pem")
while read -r entries wanted; do
	reset
	for entry in $(echo "$entries" | tr ',' ' '); do
		ask add user "${entry%%/*}" "Z:$work/${entry#*/}.der"
	done
	is "$entries" "$(ask chain "Z:$work/leaf.der" | cut -d ' ' -f 1)" "$wanted"
	stop
	scan
	says=fails
	[ "$(query "SELECT count(*) FROM v_anchor WHERE party LIKE 'wine:%'
		AND sha256 = '$root_sha256'")" -eq 0 ] || says=builds
	is "$entries, as we say" "$says" "$wanted"
done <<'END'
Root/root,CA/between builds
Root/root,Trust/between builds
Root/root,My/between builds
AuthRoot/root,CA/between fails
Trust/root,CA/between fails
CA/root,CA/between fails
Root/root,CA/between,Disallowed/root builds
Root/root,CA/between,Disallowed/between builds
END
finish
