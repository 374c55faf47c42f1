#!/bin/sh
# ask-mono.sh -- the real Mono of Debian 12: what its cert-sync writes, its
# X509Store lists and its chains end in is what trustdrift says.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"

fetch_tree bookworm mono mono-runtime mono-devel ca-certificates-mono ||
	skip "needs Mono of Debian 12"
tree=$OWNERS/bookworm/mono
root=$work/host
host_new "$root"
home=$root/home/ann
stores=$home/.config/.mono

mono() {
	env -i PATH=/usr/bin:/bin HOME="$home" LC_ALL=C.UTF-8 TZ=UTC \
		LD_LIBRARY_PATH="$tree/usr/lib:$tree/usr/lib/x86_64-linux-gnu" \
		MONO_PATH="$tree/usr/lib/mono/4.5" MONO_CFG_DIR="$tree/etc" \
		MONO_GAC_PREFIX="$tree/usr" "$tree/usr/bin/mono" "$@"
}
lib=$tree/usr/lib/mono/4.5
mono "$lib/mcs.exe" -noconfig -nostdlib -r:"$lib/mscorlib.dll" \
	-r:"$lib/System.dll" -r:"$lib/System.Core.dll" \
	-r:"$lib/Mono.Security.dll" -out:"$work/ask.exe" \
	"$srcdir/tests/owners/mono-stores.cs" || skip "cannot compile with Mono"

scan() {
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/mono.db" \
		--now 2026-01-01T00:00:00Z || [ $? -eq 4 ]
}
query() { "$TRUSTDRIFT" query --db "$work/mono.db" --format tsv "$1" | sed 1d; }
ours() {
	query "SELECT DISTINCT e.sha256 FROM v_entry e
		WHERE e.kind = '$1' AND e.role <> 'source' ORDER BY e.sha256"
}

# ---- Mozilla's list, by cert-sync ------------------------------------------------
mono "$lib/cert-sync.exe" --quiet --user \
	"$srcdir/data/rootprogram/mozilla-roots.pem" >"$work/sync.log" 2>&1 ||
	fail "cert-sync: $(cat "$work/sync.log")"
mono "$work/ask.exe" list Trust | sort -u >"$work/theirs"
scan
ours mono-trust >"$work/ours"
[ "$(grep -c . "$work/theirs")" -gt 90 ] || fail "cert-sync wrote too little"
is "X509Store lists what we read" "$(cksum <"$work/ours")" \
	"$(cksum <"$work/theirs")"
is "as many as certmgr lists" "$(grep -c . "$work/ours")" \
	"$(mono "$lib/certmgr.exe" -list -c Trust | grep -c '^ *Unique Hash:')"
for file in "$stores"/new-certs/Trust/*.0; do
	sha256_of "$file"
done | sort -u >"$work/theirs"
ours mono-new-trust >"$work/ours"
is "new-certs as OpenSSL reads each file" "$(cksum <"$work/ours")" \
	"$(cksum <"$work/theirs")"

# ---- what a fix script deletes is gone for Mono, too ------------------------------
"$TRUSTDRIFT" --quiet audit --root "$root" --db "$work/mono.db" \
	--now 2026-01-01T00:00:00Z >"$work/report"
mono "$work/ask.exe" list Trust | sort -u >"$work/with"
"$TRUSTDRIFT" fix --db "$work/mono.db" --root "$root" --rule expired-anchor \
	--output "$work/fix.sh" >"$work/fix.log" 2>&1
status=$?
check "a script for all of them: $status" [ $((status & ~6)) -eq 0 ]
query "SELECT DISTINCT e.sha256 FROM v_entry e
	JOIN v_certificate c ON c.sha256 = e.sha256
	WHERE e.kind = 'mono-trust' AND c.not_after <= 1767225600" |
	sort >"$work/expired"
check "some have expired" [ -s "$work/expired" ]
check "the script ends well" sh "$work/fix.sh" --yes --root "$root" \
	>"$work/fix.log" 2>&1
comm -23 "$work/with" "$work/expired" >"$work/wanted"
is "Mono lists the others" \
	"$(mono "$work/ask.exe" list Trust | sort -u | cksum)" \
	"$(cksum <"$work/wanted")"
is "and so does certmgr" \
	"$(mono "$lib/certmgr.exe" -list -c Trust | grep -c '^ *Unique Hash:')" \
	"$(grep -c . "$work/wanted")"
check "it can be put back" sh "$work/fix.sh" --yes --root "$root" \
	--rollback "$root"/var/lib/trustdrift/backup/* >"$work/fix.log" 2>&1
is "Mono lists all of them again" \
	"$(mono "$work/ask.exe" list Trust | sort -u | cksum)" \
	"$(cksum <"$work/with")"

# ---- whom it trusts --------------------------------------------------------------
# Its X509Chain knows no elliptic curves: roots of our own.
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
between_sha256=$(sha256_of "$work/between.pem")

# Each line: files in stores, whether Mono builds; the party must agree: the
# root is its anchor, and what is between is where it builds from.
while read -r files wanted; do
	rm -rf "$home/.config"
	for file in $(echo "$files" | tr ',' ' '); do
		mkdir -p "$stores/certs/${file%%/*}"
		cp "$work/${file#*/}" "$stores/certs/${file%%/*}/${file#*/}.cer"
	done
	is "$files" "$(mono "$work/ask.exe" chain 2030-01-01T00:00:00Z \
		"$work/leaf.pem" | sed 's/:.*//')" "$wanted"
	scan
	says=fails
	[ "$(query "SELECT count(*) FROM v_anchor WHERE party = 'mono:/home/ann'
		AND sha256 = '$root_sha256'")" -ne 1 ] ||
		[ "$(query "SELECT count(*) FROM v_entry e JOIN v_party_store u
			ON u.store_id = e.store_id WHERE e.role <> 'source'
			AND u.party = 'mono:/home/ann'
			AND e.sha256 = '$between_sha256'")" -lt 1 ] ||
		says=builds
	is "$files, as we say" "$says" "$wanted"
done <<'END'
Trust/root.der,CA/between.der builds
Trust/root.pem,CA/between.pem builds
Trust/root.der,Trust/between.der builds
Trust/root.der,My/between.der fails
Trust/root.der fails
Trust/between.der fails
CA/root.der,CA/between.der fails
Trust/root.der,CA/between.der,Disallowed/root.der builds
Trust/root.der,CA/between.der,Disallowed/between.der builds
END

# ---- files of every form -----------------------------------------------------------
cat "$work/root.pem" "$work/between.pem" >"$work/two.pem"
openssl crl2pkcs7 -nocrl -certfile "$work/root.pem" -outform DER \
	-out "$work/list.p7"
while read -r file name; do
	rm -rf "$home/.config"
	mkdir -p "$stores/certs/Trust"
	cp "$work/$file" "$stores/certs/Trust/$name"
	scan
	is "$file as $name" "$(ours mono-trust)" \
		"$(mono "$work/ask.exe" list Trust)"
done <<'END'
root.der x.cer
root.der .x.cer
root.der x.CER
root.der x.der
root.pem x.cer
two.pem x.cer
list.p7 x.cer
END
finish
