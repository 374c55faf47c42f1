#!/bin/sh
# ask-nss.sh -- databases that certutil of Debian 12 and of sid fills with all of
# this system's roots and with large certificates, each with some trust, list as
# certutil itself lists them: cert9.db (sql:) and cert8.db (dbm:).
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"

: "${OWNERS:?a directory for the programs}"
command -v openssl >/dev/null || skip "openssl is missing"
bundle=/etc/ssl/certs/ca-certificates.crt
[ -e $bundle ] || skip "no $bundle"
mkdir -p "$OWNERS" "$work/pem"
cd "$work" || exit

# ---- certificates, one of each subject: NSS gives those of one subject one name
# In dbm: what has more than 14 KiB is a file beside the database; what has less
# and a long issuer fills pages.
cat >ca.cnf <<'END'
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE
END
cp ca.cnf large.cnf
printf 'nsComment = %s\n' "$(head -c 70000 /dev/zero | tr '\0' x)" >>large.cnf
cp ca.cnf medium.cnf
printf 'nsComment = %s\n' "$(head -c 17000 /dev/zero | tr '\0' x)" >>medium.cnf
for n in 20 60 70 82; do
	{
		printf '[req]\nprompt = no\ndistinguished_name = dn\n[dn]\nCN = Root with %s units\n' $n
		i=0
		while [ $i -lt $n ]; do
			i=$((i + 1))
			printf '%s.OU = %064d\n' $i $i
		done
		sed -n '/^\[root\]/,$p' ca.cnf
	} >units-$n.cnf
done
for cnf in large medium units-20 units-60 units-70 units-82; do
	subject=/CN=$cnf
	case $cnf in units-*) subject='' ;; esac
	openssl req -x509 -config $cnf.cnf -extensions root -newkey ec \
		-pkeyopt ec_paramgen_curve:P-256 -noenc -days 20000 \
		${subject:+-subj "$subject"} -keyout key.pem \
		-out pem/$cnf.pem 2>/dev/null || fail "openssl: no $cnf"
done
csplit -s -z -f pem/system- -b %03d.pem $bundle '/-----BEGIN/' '{*}'
: >seen
for pem in pem/*.pem; do
	subject=$(openssl x509 -in "$pem" -noout -subject)
	if grep -q -x -F -e "$subject" seen; then
		rm "$pem"
	else
		printf '%s\n' "$subject" >>seen
	fi
done

# ---- certutil of two suites ------------------------------------------------------
as_suite() { # as_suite SUITE PROGRAM ...: with all its libraries
	suite=$1 program=$2
	shift 2
	"$(find "$OWNERS/$suite/libc6/" -name 'ld-linux-*.so.*' -type f |
		head -n 1)" --library-path "$(cat "libraries-$suite")" \
		"$OWNERS/$suite/libnss3-tools/usr/bin/$program" "$@"
}
for suite in bookworm sid; do
	: >"libraries-$suite"
	for package in libc6 libnspr4 libnss3 libnss3-tools libsqlite3-0 zlib1g; do
		fetch_deb "$suite" $package || skip "no $package of $suite"
		find "$OWNERS/$suite/$package/" -name '*.so*' |
			sed 's,/[^/]*$,,' | sort -u >>"libraries-$suite"
	done
	paste -s -d : "libraries-$suite" >joined
	mv joined "libraries-$suite"
done

# A nickname is the certificate's SHA-256.  Trust changes from one to the next.
fill() { # fill SUITE DATABASE
	as_suite "$1" certutil -N -d "$2" --empty-password
	k=0
	for pem in pem/*.pem; do
		k=$((k % 13 + 1))
		trust=$(sed -n ${k}p <<-'END'
		C,,
		T,,
		p,,
		P,,
		c,,
		CT,C,C
		,,
		p,p,p
		,C,
		,,C
		C,p,P
		CT,c,p
		TC,P,c
		END
		)
		as_suite "$1" certutil -A -d "$2" -a -i "$pem" -t "$trust" \
			-n "$(sha256_of "$pem")" ||
			fail "$1: certutil does not take $pem"
	done
}

# What certutil lists: SHA-256 and trust.  c says no more than that it is a CA, and
# NSS forgets it; letters are sorted.
listed() { # listed SUITE DATABASE
	as_suite "$1" certutil -L -d "$2" | /usr/bin/python3 -I -c '
import re, sys
for line in sys.stdin:
    m = re.fullmatch(r"([0-9a-f]{64}) +([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*) *\n", line)
    if m:
        print(m[1], ",".join("".join(sorted(set(f) - set("cu")))
                             for f in m[2].split(",")))' | sort
}

# The same of what was read.
read_as() { # read_as DATABASE KIND
	"$TRUSTDRIFT" query --db "$1" --format tsv \
		"SELECT sha256, label, role, purposes FROM v_entry
		WHERE kind IN ($2)" | sed 1d | /usr/bin/python3 -I -c '
import collections, sys
fields = {"serverAuth": 0, "clientAuth": 0, "emailProtection": 1, "codeSigning": 2}
trust = collections.defaultdict(lambda: [set(), set(), set()])
for line in sys.stdin:
    sha256, label, role, purposes = line.rstrip("\n").split("\t")
    assert label == sha256, line
    t = trust[sha256]
    for p in purposes.split():
        t[fields[p]].add({"anchor": "T" if p == "clientAuth" else "C",
                          "distrust": "p", "end-entity": "P"}[role])
for sha256, t in trust.items():
    print(sha256, ",".join("".join(sorted(f)) for f in t))' | sort
}

for suite in bookworm sid; do
	root=$work/$suite
	host_new "$root"
	new=$root/home/ann/.pki/nssdb
	old=$root/root/.pki/nssdb
	mkdir -p "$new" "$old"
	fill "$suite" "sql:$new"
	fill "$suite" "dbm:$old"
	check "$suite: dbm makes cert8.db and files beside it" test \
		"$(find "$old/cert8.dir" -type f | wc -l)" -ge 2
	check "$suite: dbm has pages of large records" test \
		"$(stat -c %s "$old/cert8.db")" -gt 500000
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$suite".db
	listed "$suite" "sql:$new" >theirs
	n=$(wc -l <theirs)
	check "$suite: certutil lists all" test "$n" -eq \
		"$(find pem -name '*.pem' | wc -l)"
	read_as "$suite".db "'nss-user'" >ours
	check "$suite, sql: as certutil lists it" diff ours theirs
	listed "$suite" "dbm:$old" >theirs
	read_as "$suite".db "'nss-legacy-user', 'nss-legacy-user-large'" >ours
	check "$suite, dbm: as certutil lists it" diff ours theirs
	printf '%s: %s certificates in each\n' "$suite" "$n"
done
finish
