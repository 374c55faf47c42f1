#!/bin/sh
# hash-directory.sh -- directories that OpenSSL looks up by hash: a file leaves
# one with its links, and links are made again.  The real openssl says what is
# found there.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
command -v openssl >/dev/null || skip "openssl is missing"
at=/etc/app/certs
names="root cross other spaces"	# root and cross have one subject

hash_of() { openssl x509 -noout -subject_hash -in "$root$at/$1.pem"; }

new() {
	root_new
	mkdir -p "$root$at" "$root/srv"
	for name in $names; do pem "$name" >"$root$at/$name.pem"; done
	# A file may be a link out of the directory, inside the root.
	mv "$root$at/other.pem" "$root/srv/other.pem"
	ln -s ../../../srv/other.pem "$root$at/other.pem"
	for name in root cross spaces; do
		number=0
		hash=$(hash_of $name)
		while [ -L "$root$at/$hash.$number" ]; do
			number=$((number + 1))
		done
		ln -s $name.pem "$root$at/$hash.$number"
	done
	ln -s other.pem "$root$at/$(openssl x509 -noout -subject_hash \
		-in "$root/srv/other.pem").0"
}

# What OpenSSL finds by hash, of all.
found() {
	for name in $names; do
		pem "$name" >"$work/asked.pem"
		openssl verify -no_check_time -partial_chain -no-CAfile \
			-no-CAstore -CApath "$root$at" "$work/asked.pem" \
			>/dev/null 2>&1 && printf '%s ' "$name"
	done
}

dangling() { find "$root$at" -xtype l; }

try() { # try WHAT LEFT: the script works, and everything comes back
	make
	before=$(listing)
	run --dry-run
	is "$1: --dry-run" "$status" 2
	is "$1: --dry-run changes nothing" "$(listing)" "$before"
	run --yes
	is "$1: status" "$status" 0
	[ "$status" = 0 ] || cat "$work/out" >&2
	is "$1: OpenSSL finds" "$(found)" "$2"
	is "$1: links to nowhere" "$(dangling)" ""
	after=$(listing)
	run --yes
	is "$1: again" "$status" 0
	is "$1: again nothing" "$(listing)" "$after"
	run --yes --rollback "$(backup)"
	is "$1: rollback" "$status" 0
	is "$1: bit for bit" "$(listing)" "$before"
}

new
is "the directory works" "$(found)" "root cross other spaces "
finding 1 hash-directory-remove $at/root.pem sha256 "$(sha256_of root)"
try "remove a file" "cross other spaces "
new
finding 1 hash-directory-remove "$at/$(hash_of other).0" \
	sha256 "$(sha256_of other)"
try "remove by its link" "root cross spaces "
is "what it led to stays" "$(ls "$root/srv")" other.pem
new
{ pem root && pem leaf; } >"$root$at/root.pem"
finding 1 hash-directory-remove $at/root.pem sha256 "$(sha256_of root)"
make
before=$(listing)
run --yes
is "a shared file" "$status" 2
said "a shared file" 'it shares a file with others'
is "a shared file stays" "$(listing)" "$before"

relink() {
	finding 1 hash-relink '' store_path $at
	try "$1" "root cross other spaces "
}
new
rm "$root$at/$(hash_of spaces).0"
relink "a missing link"
new
h=$(hash_of root)
mv "$root$at/$h.0" "$root$at/$h.4"
relink "a gap"
new
ln -s gone.pem "$root$at/$(hash_of spaces).1"
relink "a link to nowhere"
new
h=$(hash_of root)
rm "$root$at/$h.0"
ln -s gone.pem "$root$at/$h.0"
relink "a link to nowhere before another"
new
finding 1 hash-relink '' store_path $at
make
before=$(listing)
run --yes
is "nothing to do" "$status" 0
said "nothing to do" 'already done$'
is "nothing to do" "$(listing)" "$before"
finish
