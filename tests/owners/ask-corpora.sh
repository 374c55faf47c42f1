#!/bin/sh
# ask-corpora.sh -- every reader, and everything else that takes bytes, over the test
# files of other projects, damaged ones among them: whatever begins like a
# certificate, a list or a store in the sources of GnuTLS, NSS, OpenSSL and others as
# Debian has them.  A tree built with AddressSanitizer and UBSan is asked, each target
# about each file; and then the whole program, that crawls them and audits what it
# found.  Nothing may crash, be reported, or take more than a second of the
# processor for one file.
#
# BUILD=DIR: a tree that was configured with --enable-sanitizers, instead of one made
# here.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"

least=2000
for source in bookworm/gnutls28 bookworm/nss bookworm/openssl sid/p11-kit \
	bookworm/libtasn1-6 bookworm/botan bookworm/mbedtls sid/wolfssl; do
	fetch_source "${source%/*}" "${source#*/}" ||
		skip "the source of ${source#*/} cannot be had"
done
fetch_deb bookworm python3-cryptography-vectors ||
	skip "python3-cryptography-vectors cannot be had"

# one file of each content, named by it
files=$work/files
mkdir "$files"
/usr/bin/python3 -I - "$OWNERS" "$files" <<'END' || exit 1
import hashlib
import os
import re
import sys

OWNERS, FILES = sys.argv[1:]
LIMIT = 4 << 20
MAGICS = (b"\xfe\xed\xfe\xed", b"SQLite format 3", b"\xce\xce\xce\xce")
NAMES = re.compile(r"\.(p12|pfx|der|cer|crt|crl|db|p7[bc]|jks|bks|jceks|keystore"
                   r"|p11-kit|bin|repro)$")

folders = [os.path.join(OWNERS, suite, name)
           for suite in ("bookworm", "sid")
           for name in os.listdir(os.path.join(OWNERS, suite))
           if name.endswith(".source") or name.endswith("-vectors")]
for folder in folders:
    for path, _, names in os.walk(folder):
        for name in names:
            whole = os.path.join(path, name)
            if os.path.islink(whole) or os.path.getsize(whole) > LIMIT:
                continue
            with open(whole, "rb") as file:
                data = file.read()
            if (b"-----BEGIN" in data or data[:1] == b"\x30"
                    or data.startswith(MAGICS) or NAMES.search(name)):
                with open(os.path.join(FILES, hashlib.sha256(data).hexdigest()),
                          "wb") as copy:
                    copy.write(data)
END
count=$(find "$files" -type f | wc -l)
echo "# $count different files"
check "at least $least files" [ "$count" -ge "$least" ]

build=${BUILD:-$OWNERS/sanitized}
if [ -z "${BUILD:-}" ]; then
	mkdir -p "$build"
	{
		[ -e "$build/Makefile" ] || (cd "$build" &&
			"$srcdir/configure" --quiet --enable-sanitizers)
		make -C "$build" -s -j2 src/trustdrift tests/fuzz/fuzz
	} >"$work/build.log" 2>&1 || {
		tail -n 20 "$work/build.log"
		fail "a build with sanitizers"
		finish
	}
fi
nm "$build/tests/fuzz/fuzz" | grep -q __asan_init ||
	fail "$build is not built with sanitizers"

export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
mkdir "$work/bin"
for target in $("$build/tests/fuzz/fuzz" --targets | cut -f1); do
	ln -s "$build/tests/fuzz/fuzz" "$work/bin/fuzz-$target"
	"$work/bin/fuzz-$target" --seconds 1 "$files" >"$work/said" 2>&1
	status=$?
	tail -n 1 "$work/said" | sed "s|^$work/bin/|# |; s|$files/||"
	[ "$status" -eq 0 ] || {
		sed 's/^/# /' "$work/said" | head -n 40
		fail "$target over all files"
		continue
	}
	pass "$target"
done

root=$work/host
host_new "$root"
mkdir -p "$root/srv"
mv "$files" "$root/srv/files"
"$build/src/trustdrift" audit --root "$root" --db "$work/db" --crawl /srv \
	--format json >"$work/report" 2>"$work/errors"
status=$?
check "an audit with all of them found ends as one does: $status" \
	[ $((status & ~6)) -eq 0 ]
is "what sanitizers said" \
	"$(grep -E 'Sanitizer|runtime error' "$work/errors")" ''
is "readers that died" "$(grep -ci 'reader.died' "$work/report")" 0
finish
