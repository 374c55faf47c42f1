#!/bin/sh
# certutil.sh -- a certificate leaves an NSS database, the real certutil doing
# it.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
command -v certutil >/dev/null || skip "certutil is missing"
at=home/ann/.pki/nssdb

new() { # new: an empty database in the root
	root_new
	mkdir -p "$root/$at"
	certutil -N -d "sql:$root/$at" --empty-password
}

add() { # add NAME NICKNAME TRUST
	certutil -A -d "sql:$root/$at" -n "$2" -t "$3" \
		-i "$certificates/$1.der" 2>/dev/null || fail "certutil -A $1"
}

remove() { # remove NAME NICKNAME: a script that deletes it
	finding 1 certutil-delete "/$at/cert9.db" sha256 "$(sha256_of "$1")" \
		label "$2"
	make
	before=$(listing)
}

# "NICKNAME TRUST" of all, as certutil shows them
list() {
	certutil -L -d "sql:$root/$at" | sed '1,4d; s/  */ /g; s/ $//' | sort
}

# the SHA-256 of what bears a nickname or the same subject
holds() { # holds NICKNAME
	certutil -L -d "sql:$root/$at" -n "$1" -a 2>/dev/null | tr -d '\r' |
		awk '/BEGIN/ { line = ""; next } /END/ { print line; next }
			{ line = line $0 }' | while IFS= read -r line; do
			echo "$line" | base64 -d | sha256sum | cut -c 1-64
		done
}

new
add root anchor C,,
add other other ,,
add leaf distrusted p,p,p
chmod 640 "$root/$at/cert9.db"
remove other other
run --dry-run
is "--dry-run" "$status" 2
is "--dry-run changes nothing" "$(listing)" "$before"
run --yes
is "status" "$status" 0
is "the others stay, with their trust" "$(list)" "anchor C,,
distrusted p,p,p"
is "it is gone" "$(holds other)" ""
is "mode" "$(stat -c %a "$root/$at/cert9.db")" "640"
is "nothing beside it" "$(find "$root/$at" -type f | wc -l)" 3
after=$(listing)
run --yes
is "again" "$status" 0
said "again" 'already done$'
is "again nothing" "$(listing)" "$after"
is "one backup" "$(backups)" 1
run --yes --rollback "$(backup)"
is "rollback" "$status" 0
is "rollback is bit for bit" "$(listing)" "$before"
is "and certutil reads it" "$(list)" "anchor C,,
distrusted p,p,p
other ,,"

# Two of one subject under one nickname: cross and root have one name and key.
for which in root cross; do
	new
	add root shared C,,
	add cross shared ,,
	add other other C,,
	case $which in
	root) left=cross left_list='other C,,
shared ,,' ;;
	cross) left=root left_list='other C,,
shared C,,' ;;
	esac
	remove $which shared
	run --yes
	is "$which of two" "$status" 0
	is "$which of two: the other stays" "$(holds shared)" \
		"$(sha256_of "$left")"
	is "$which of two: with its trust" "$(list)" "$left_list"
done

# The nickname that was scanned is only a hint.
new
add root one C,,
add other two C,,
remove root two
run --yes
is "another nickname" "$status" 0
is "another nickname" "$(list)" "two C,,"

# Nicknames that look like code, options, the list itself and two lines.
new
# shellcheck disable=SC2016 # it must not expand
for nickname in '$(touch code)' '-d' "it's  \"q\" C,," 'Ünïcode ☃' 'tok:en'; do
	new
	add other "$nickname" C,,
	add root keep C,,
	remove other "$nickname"
	run --yes
	is "nickname $nickname" "$status" 0
	is "nickname $nickname" "$(list)" "keep C,,"
done
ok "nothing ran" [ ! -e code ]
new
add other 'two
lines' C,,
add root keep C,,
remove other 'two\nlines'
run --yes
is "a nickname of two lines" "$status" 2
said "a nickname of two lines" 'nicknames cannot be listed'
is "leaves the database as it was" "$(listing)" "$before"

# Two steps for one database; the second meets what the first made of it.
new
add root one C,,
add other two C,,
add leaf three C,,
finding 2 certutil-delete "/$at/cert9.db" sha256 "$(sha256_of other)"
remove root one
is "two steps" "$steps" 2
run --yes
is "two steps" "$status" 0
is "two steps" "$(list)" "three C,,"
run --yes --rollback "$(backup)"
is "two steps: rollback" "$status" 0
is "two steps: bit for bit" "$(listing)" "$before"

# With a master password nothing else is asked for.
root_new
mkdir -p "$root/$at"
echo correct-horse >"$work/password"
certutil -N -d "sql:$root/$at" -f "$work/password"
for name in root other; do
	certutil -A -d "sql:$root/$at" -n "$name" -t C,, -f "$work/password" \
		-i "$certificates/$name.der" || fail "certutil -A"
done
remove other other
run --yes
is "a master password" "$status" 0
is "a master password" "$(list)" "root C,,"

# Without key4.db certutil would sign whatever trust it finds.
new
add other other C,,
rm "$root/$at/key4.db"
remove other other
run --yes
is "no key4.db" "$status" 2
said "no key4.db" 'key4.db is missing'
is "no key4.db" "$(listing)" "$before"

# A database in use by an open transaction, and one that changed.
new
add other other C,,
echo x >"$root/$at/cert9.db-journal"
remove other other
run --yes
is "a journal" "$status" 2
said "a journal" 'transaction is open'
rm "$root/$at/cert9.db-journal"
add root new C,,
before=$(listing)
run --yes
is "changed" "$status" 2
said "changed" 'is not what was scanned'
is "changed" "$(listing)" "$before"

# Libraries that the database's own pkcs11.txt names are not loaded.
new
add other other C,,
printf 'library=%s\nname=Trap\n\n' "$work/trap.so" >>"$root/$at/pkcs11.txt"
printf '%s\n' '#include <stdio.h>' \
	'__attribute__((constructor)) static void f(void)' \
	"{ fclose(fopen(\"$work/sprung\", \"w\")); }" >"$work/trap.c"
if command -v gcc >/dev/null &&
	gcc -shared -fPIC -o "$work/trap.so" "$work/trap.c"; then
	certutil -L -d "sql:$root/$at" >/dev/null 2>&1
	ok "the trap works" [ -e "$work/sprung" ]
	rm -f "$work/sprung"
	remove other other
	run --yes
	is "a foreign library" "$status" 0
	ok "a foreign library is not loaded" [ ! -e "$work/sprung" ]
	ok "its line is still there" grep -q '^name=Trap' "$root/$at/pkcs11.txt"
else
	echo "NOT TESTED: no compiler for a foreign library"
fi

# What somebody puts in the way of the temporary name is not followed.
for trap in "a link to a directory" "a link to a file" "a directory"; do
	new
	add other other C,,
	add root keep C,,
	mkdir "$work/trap"
	echo precious >"$work/trap/file"
	case $trap in
	"a link to a directory") ln -s "$work/trap" "$root/$at/.trustdrift-new" ;;
	"a link to a file") ln -s "$work/trap/file" "$root/$at/.trustdrift-new" ;;
	"a directory") mkdir "$root/$at/.trustdrift-new" ;;
	esac
	remove other other
	run --yes
	case $trap in
	"a directory") is "$trap" "$status" 1 ;;
	*) is "$trap" "$status" 0 ;;
	esac
	is "$trap: untouched" "$(ls "$work/trap"; cat "$work/trap/file")" "file
precious"
	rm -r "$work/trap"
done

# A user's database stays the user's when root repairs it.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null &&
	setpriv --reuid 12345 --regid 12345 --clear-groups true 2>/dev/null; then
	new
	add other other C,,
	add root keep C,,
	chown -R 12345:12345 "$root/home/ann"
	remove other other
	run --yes
	is "a user's database" "$status" 0
	is "a user's database" "$(list)" "keep C,,"
	is "is still the user's" "$(stat -c '%u:%g' "$root/$at/cert9.db" \
		"$root/$at/key4.db" | sort -u)" "12345:12345"
	run --yes --rollback "$(backup)"
	is "a user's database: bit for bit" "$(listing)" "$before"
else
	echo "NOT TESTED: another user's database (needs root)"
fi
finish
