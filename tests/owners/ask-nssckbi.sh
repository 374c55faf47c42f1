#!/bin/sh
# ask-nssckbi.sh -- the libnssckbi.so of Debian 12 and of sid list, when they are
# asked as PKCS#11 modules, the certificates and trust that are read from them.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"

: "${OWNERS:?a directory for the programs}"
command -v gcc >/dev/null || skip "gcc is missing"
mkdir -p "$OWNERS"
gcc -o "$work/pkcs11-trust" "$srcdir/tests/owners/pkcs11-trust.c" -ldl ||
	fail "pkcs11-trust.c does not compile"
tab=$(printf '\t')

for suite in bookworm sid; do
	fetch_deb "$suite" libnss3 || skip "no libnss3 of $suite"
	fetch_deb "$suite" libnspr4 || skip "no libnspr4 of $suite"
	fetch_deb "$suite" libc6 || skip "no libc6 of $suite"
	module=$(find "$OWNERS/$suite/libnss3/" -name libnssckbi.so)
	# with the C library that it was built for
	"$(find "$OWNERS/$suite/libc6/" -name 'ld-linux-*.so.*' -type f)" \
		--library-path "$(find "$OWNERS/$suite/" -name libc.so.6 -o \
		-name libnspr4.so -o -name libnssckbi.so |
		sed 's,/[^/]*$,,' | sort -u | paste -s -d :)" \
		"$work/pkcs11-trust" "$module" >"$work/answer" ||
		fail "$suite: the module does not answer"
	sort "$work/answer" >"$work/theirs"
	root=$work/$suite
	host_new "$root"
	mkdir -p "$root/usr/lib/x86_64-linux-gnu"
	cp "$module" "$root/usr/lib/x86_64-linux-gnu/libnssckbi.so"
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/$suite.db" ||
		fail "$suite: the scan has problems"
	value() { # PURPOSE: what PKCS#11 calls it, as the entries say it
		echo "coalesce(max(CASE WHEN instr(e.purposes, '$1') = 0 THEN NULL
			WHEN e.role = 'anchor' THEN 'anchor'
			WHEN e.role = 'distrust' THEN 'distrust'
			WHEN e.role = 'end-entity' THEN 'peer' END), '-')"
	}
	"$TRUSTDRIFT" query --db "$work/$suite.db" --format tsv \
		"SELECT c.sha1, $(value serverAuth), $(value clientAuth),
		$(value codeSigning), $(value emailProtection),
		coalesce(max(e.distrust_after), 0)
		FROM v_entry e JOIN v_certificate c ON c.sha256 = e.sha256
		WHERE e.kind = 'nss-builtins' GROUP BY c.sha1" | sed 1d |
		sort >"$work/ours"
	check "$suite: every certificate with its trust" \
		diff "$work/ours" "$work/theirs"
	n=$(wc -l <"$work/theirs")
	check "$suite: $n certificates are a list" test "$n" -gt 140
	printf '%s: %s certificates, %s for servers, %s for e-mail, %s distrusted, %s from a date on\n' \
		"$suite" "$n" \
		"$(cut -f 2 "$work/theirs" | grep -c anchor)" \
		"$(cut -f 5 "$work/theirs" | grep -c anchor)" \
		"$(cut -f 2 "$work/theirs" | grep -c distrust)" \
		"$(grep -c -v "${tab}0\$" "$work/theirs")"
done
finish
