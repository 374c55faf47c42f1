#!/bin/sh
# nss.sh -- a root of NSS's own list is distrusted in the databases of those who
# have the list, and an authority of the system joins one; vfychain says whether
# a root is good for servers then.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
for tool in certutil modutil vfychain openssl; do
	command -v $tool >/dev/null || skip "$tool (libnss3-tools) is missing"
done
module=$(find /usr/lib/*/libnssckbi.so /usr/lib/*/nss/libnssckbi.so \
	/usr/lib64/libnssckbi.so 2>/dev/null | head -n 1)
[ -n "$module" ] || skip "libnssckbi.so (libnss3) is missing"
list=/usr/lib/x86_64-linux-gnu/libnssckbi.so
at=home/ann/.pki/nssdb

new() {
	root_new
	mkdir -p "$root${list%/*}" "$root/$at" "$root/etc/pki/nssdb"
	cp "$module" "$root$list"
	echo 'ann:x:1000:1000::/home/ann:/bin/sh' >"$root/etc/passwd"
	for directory in "$root/$at" "$root/etc/pki/nssdb"; do
		certutil -N -d "sql:$directory" --empty-password
	done
}

# verdict DIRECTORY FILE: of a program that has database and list
verdict() {
	rm -rf "$work/asked"
	cp -a "$root/$1" "$work/asked"
	modutil -dbdir "sql:$work/asked" -add roots -libfile "$module" -force \
		>/dev/null 2>&1
	vfychain -d "sql:$work/asked" -u 3 -a "$2" 2>&1 | sed -n 1p
}

new
"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/db" \
	--now 2026-01-01T00:00:00Z || [ $? = 4 ]
"$TRUSTDRIFT" query --db "$work/db" --format tsv 'SELECT sha256, "offset", label
	FROM v_entry WHERE kind = '"'nss-builtins'"' AND role = '"'anchor'"'
	ORDER BY label' | sed 1d >"$work/roots"
ok "the list was read" [ "$(wc -l <"$work/roots")" -gt 50 ]
n=0
while IFS='	' read -r sha256 offset label; do
	tail -c +$((offset + 1)) "$module" | openssl x509 -inform DER \
		-out "$work/asked.pem" 2>/dev/null || continue
	openssl x509 -noout -checkend 86400 -in "$work/asked.pem" >/dev/null ||
		continue
	[ "$(verdict $at "$work/asked.pem")" = 'Chain is good!' ] || continue
	n=1
	break
done <"$work/roots"
is "a root of the list is good for servers" "$n" 1
finding 1 nss-distrust $list sha256 "$sha256" offset "$offset" \
	store_kind nss-builtins label "$label"
make
before=$(listing)
run --yes
is "it needs a decision" "$status" 2
is "nothing without one" "$(listing)" "$before"
run --yes --only 00000000000000000000000000000001
is "distrust" "$status" 0
[ "$status" = 0 ] || cat "$work/out" >&2
for directory in $at etc/pki/nssdb; do
	is "$directory: vfychain" "$(verdict "$directory" "$work/asked.pem")" \
		'Chain is bad!'
done
ok "the list is what it was" cmp -s "$module" "$root$list"
"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/db" \
	--now 2026-01-02T00:00:00Z || [ $? = 4 ]
is "a rescan agrees" "$("$TRUSTDRIFT" query --db "$work/db" --format tsv \
	"SELECT count(*) FROM v_anchor WHERE sha256 = '$sha256'
	AND party IN ('nss:/home/ann', 'nss-system')" | sed 1d)" 0
after=$(listing)
run --yes --only 00000000000000000000000000000001
is "again" "$status" 0
said "again" 'already done$'
is "again nothing" "$(listing)" "$after"
run --yes --rollback "$(backup)"
is "rollback" "$status" 0
is "bit for bit" "$(listing)" "$before"
is "and good again" "$(verdict $at "$work/asked.pem")" 'Chain is good!'

# One user's database is broken: the others' are changed, and it is said whose.
mkdir -p "$root/home/bob/.pki/nssdb"
: >"$root/home/bob/.pki/nssdb/cert9.db"
echo 'bob:x:1001:1001::/home/bob:/bin/sh' >>"$root/etc/passwd"
run --yes --only 00000000000000000000000000000001
is "one is broken: status" "$status" 1
said "one is broken" 'failed: /home/bob/.pki/nssdb: key4.db is missing'
for directory in $at etc/pki/nssdb; do
	is "one is broken, $directory: vfychain" \
		"$(verdict "$directory" "$work/asked.pem")" 'Chain is bad!'
done
run --yes --only 00000000000000000000000000000001
is "only the broken one is left: status" "$status" 2
said "only the broken one is left" 'skipped: /home/bob/.pki/nssdb: key4.db'
rm -r "$root/home/bob"
run --yes --only 00000000000000000000000000000001
is "without it: status" "$status" 0

# Another root at that place, and nobody who could distrust it.
: >"$work/findings"
finding 1 nss-distrust $list sha256 "$(sha256_of root)" offset "$offset" \
	store_kind nss-builtins
make
run --yes --only 00000000000000000000000000000001
is "another root" "$status" 2
said "another root" 'is not where it was'
rm -r "${root:?}/$at" "$root/etc/pki"
: >"$work/findings"
finding 1 nss-distrust $list sha256 "$sha256" offset "$offset" \
	store_kind nss-builtins
make
run --yes --only 00000000000000000000000000000001
is "no database" "$status" 2
said "no database" 'no database is there'

# An authority of the system joins a database.
new
mkdir -p "$local"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -days 3650 \
	-subj "/CN=A local CA" -addext basicConstraints=critical,CA:TRUE \
	-out "$local/local.crt" 2>/dev/null
sha256=$(openssl x509 -in "$local/local.crt" -outform DER | sha256sum |
	cut -c 1-64)
is "nobody knows it" "$(verdict $at "$local/local.crt")" 'Chain is bad!'
finding 1 nss-add '' sha256 "$sha256" store_path "/$at/cert9.db"
make
before=$(listing)
run --yes
is "add" "$status" 0
is "add: vfychain" "$(verdict $at "$local/local.crt")" 'Chain is good!'
run --yes
said "add: again" 'already done$'
run --yes --rollback "$(backup)"
is "add: bit for bit" "$(listing)" "$before"
finish
