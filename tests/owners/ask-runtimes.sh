#!/bin/sh
# ask-runtimes.sh -- real programs with a list compiled in, beside Node: Bun, whose
# list went from PEM to DER, Deno, and a Go program with fallback roots.  What
# they list is what we read, as sets of SHA-256.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"

# entries PROGRAM PATH KIND: SHA-256 of what trustdrift reads in PROGRAM when it
# is at PATH
entries() {
	root=$work/root
	rm -rf "$root" "$work/db"
	host_new "$root"
	mkdir -p "$root/$(dirname "$2")"
	cp "$1" "$root/$2"
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/db" \
		--config "$work/config"
	"$TRUSTDRIFT" query --db "$work/db" --format tsv \
		"SELECT e.sha256 FROM v_entry e JOIN v_store s
		ON s.store_id = e.store_id WHERE s.kind = '$3'" | sed 1d | sort
}

# same WHAT: $work/ours is $work/theirs, and neither is empty
same() {
	check "$1: they list some" [ -s "$work/theirs" ]
	is "$1 lists the same" "$(cksum <"$work/ours")" \
		"$(cksum <"$work/theirs")"
}
mkdir -p "$work/config/stores"

# ---- Bun and Deno: tls.rootCertificates --------------------------------------------
cat >"$work/list.js" <<'END'
const { createHash } = require("crypto");
for (const pem of require("tls").rootCertificates)
	console.log(createHash("sha256").update(Buffer.from(
		pem.replace(/-----[A-Z ]*-----/g, ""), "base64"))
		.digest("hex"));
END
for version in 1.0.36 1.1.45 1.2.23 1.3.14 1.4.5; do
	fetch_npm @oven/bun-linux-x64 "$version" ||
		skip "needs Bun $version from npm"
	bun=$OWNERS/@oven/bun-linux-x64-$version/bin/bun
	entries "$bun" /usr/bin/bun bun-binary >"$work/ours"
	env -i HOME="$HOME" "$bun" "$work/list.js" | sort >"$work/theirs"
	same "Bun $version"
done
# Before 1.0 it shows nobody its list: counted in the program.
fetch_npm @oven/bun-linux-x64 0.8.1 || skip "needs Bun 0.8.1 from npm"
bun=$OWNERS/@oven/bun-linux-x64-0.8.1/bin/bun
entries "$bun" /usr/bin/bun bun-binary >"$work/ours"
is "Bun 0.8.1" "$(grep -c . "$work/ours")" \
	"$(grep -acE '^-----END CERTIFICATE-----' "$bun")"

fetch_npm @deno/linux-x64-glibc 2.9.6 || skip "needs Deno 2.9.6 from npm"
deno=$OWNERS/@deno/linux-x64-glibc-2.9.6/deno
chmod +x "$deno"
entries "$deno" /usr/bin/deno deno-node-list >"$work/ours"
cp "$work/list.js" "$work/list.cjs"
env -i HOME="$HOME" "$deno" run --allow-all "$work/list.cjs" | sort >"$work/theirs"
same "Deno 2.9.6 node:tls"
"$TRUSTDRIFT" query --db "$work/db" --format tsv "SELECT e.sha256 FROM v_entry e
	JOIN v_store s ON s.store_id = e.store_id
	WHERE s.kind = 'deno-binary'" | sed 1d | sort >"$work/anchors"
# The anchors cannot be asked for: webpki-roots is another release of the same
# list as node:tls has, five newer and one older.
is "Deno 2.9.6 has anchors" "$(grep -c . "$work/anchors")" 147
is "Deno 2.9.6: of them in its list" \
	"$(comm -12 "$work/anchors" "$work/theirs" | grep -c .)" 146
is "Deno 2.9.6: nothing unknown" "$("$TRUSTDRIFT" query --db "$work/db" \
	--format tsv "SELECT message FROM v_problem" | sed 1d)" ""
cp "$work/anchors" "$work/newer"
fetch_npm @deno/linux-x64-glibc 1.46.3 || skip "needs Deno 1.46.3 from npm"
entries "$OWNERS/@deno/linux-x64-glibc-1.46.3/deno" /usr/bin/deno deno-binary \
	>"$work/ours"
is "Deno 1.46.3 and 2.9.6 have one webpki-roots" "$(cksum <"$work/ours")" \
	"$(cksum <"$work/newer")"

# ---- Go: x509roots/fallback ----------------------------------------------------------
for package in golang-1.26-go golang-1.26-src golang-golang-x-crypto-dev; do
	fetch_deb sid $package || skip "needs $package of sid"
done
mkdir -p "$work/go/root" "$work/go/path/src/list"
ln -s "$OWNERS"/sid/golang-1.26-go/usr/lib/go-1.26/[bpV]* "$work/go/root"
ln -s "$OWNERS"/sid/golang-1.26-src/usr/share/go-1.26/src "$work/go/root"
cat >"$work/go/path/src/list/list.go" <<'END'
package main

import (
	"crypto/sha256"
	"fmt"

	_ "golang.org/x/crypto/x509roots/fallback"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

func main() {
	for root := range bundle.Roots() {
		fmt.Printf("%x\n", sha256.Sum256(root.Certificate))
	}
}
END
env -i HOME="$HOME" PATH="$PATH" GOROOT="$work/go/root" GO111MODULE=off \
	GOPATH="$work/go/path:$OWNERS/sid/golang-golang-x-crypto-dev/usr/share/gocode" \
	GOCACHE="$work/go/cache" GOTOOLCHAIN=local CGO_ENABLED=0 \
	"$work/go/root/bin/go" build -o "$work/go/list" list || fail "go build"
# Such programs have no places of their own.
cat >"$work/config/stores/go.xml" <<'END'
<?xml version="1.0" encoding="UTF-8"?>
<stores>
  <store kind="go-program" format="elf-der" role="anchor">
    <title>Fallback roots of a Go program</title>
    <path>/usr/bin/list</path>
  </store>
</stores>
END
entries "$work/go/list" /usr/bin/list go-program >"$work/ours"
"$work/go/list" | sort >"$work/theirs"
same "a Go program"
finish
