#!/bin/sh
# pem.sh -- a certificate leaves a PEM file that somebody wrote, or joins one;
# and a variable leads a runtime to the system's bundle.  OpenSSL says what the
# file is good for then.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
command -v openssl >/dev/null || skip "openssl is missing"
list=$root/etc/app/roots.pem

new() { # new: a file of three, with comments, CRLF in the second
	root_new
	mkdir -p "$root/etc/app"
	{
		echo '# Roots of the app'
		echo
		pem root
		echo '# Other CA'
		pem other | sed 's/$/\r/'
		printf 'Subject: leaf\n'
		pem leaf
	} >"$list"
	chmod 640 "$list"
	touch -d '2021-09-25 12:34:56.789' "$list"
}

holds() { # what OpenSSL loads from the file, by SHA-256
	openssl storeutl -noout -text -certs "$list" 2>/dev/null |
		grep -c 'Certificate:$'
}

remove() { # remove NAME
	finding 1 pem-remove /etc/app/roots.pem sha256 "$(sha256_of "$1")"
	make
	before=$(listing)
}

for name in root other leaf; do
	new
	is "OpenSSL reads it" "$(holds)" 3
	remove $name
	run --dry-run
	is "$name: --dry-run" "$status" 2
	is "$name: --dry-run changes nothing" "$(listing)" "$before"
	run --yes
	is "$name: status" "$status" 0
	is "$name: OpenSSL reads the others" "$(holds)" 2
	line=$(pem $name | sed -n 4p)
	ok "$name is gone" [ "$(grep -Fc "$line" "$list")" = 0 ]
	is "$name: mode" "$(stat -c %a "$list")" 640
	after=$(listing)
	run --yes
	is "$name: again" "$status" 0
	said "$name: again" 'already done$'
	is "$name: again nothing" "$(listing)" "$after"
	run --yes --rollback "$(backup)"
	is "$name: rollback" "$status" 0
	is "$name: bit for bit" "$(listing)" "$before"
done

# Two of one file are two steps, and what was there is kept once.
new
finding 2 pem-remove /etc/app/roots.pem sha256 "$(sha256_of root)"
remove other
run --yes
is "two: status" "$status" 0
is "two: OpenSSL reads the last one" "$(holds)" 1
is "two: kept" "$(ls "$(backup)/files")" 1
run --yes --rollback "$(backup)"
is "two: rollback" "$status" 0
is "two: bit for bit" "$(listing)" "$before"
new
remove other
run --yes
is "its comment goes with it" "$(grep -c '^#' "$list")" 1
ok "what stays stays as it is" grep -q '^Subject: leaf$' "$list"

# The last certificate, other forms, a package's file.
root_new
mkdir -p "$root/etc/app"
pem root >"$list"
remove root
run --yes
is "the last one" "$status" 2
said "the last one" 'it is all that /etc/app/roots.pem holds'
is "the last one stays" "$(listing)" "$before"
cp "$certificates/root.der" "$list"
: >"$work/findings"
remove root
run --yes
is "DER" "$status" 2
said "DER" 'it is no PEM file'
root_new
mkdir -p "$root/opt/app" "$root/var/lib/dpkg/info"
{ pem root && pem other; } >"$root/opt/app/roots.pem"
echo /opt/app/roots.pem >"$root/var/lib/dpkg/info/the-app.list"
finding 1 pem-remove /opt/app/roots.pem sha256 "$(sha256_of root)"
make
run --yes
is "a package's file" "$status" 2
said "a package's file" \
	'the package the-app: upgrade that (apt-get install --only-upgrade the-app)$'

# The databases of others; which version of which architecture is installed.
packaged() { # packaged WANTED
	run --yes
	is "packaged" "$status" 2
	ok "packaged: $1" grep -Fq "the package $1" "$work/out"
}
mv "$root/var/lib/dpkg/info/the-app.list" \
	"$root/var/lib/dpkg/info/the-app:amd64.list"
cat >"$root/var/lib/dpkg/status" <<'END'
Package: the-app
Architecture: i386
Version: 1:1.0-1

Package: the-app
Version: 1:2.0-3
Architecture: amd64

Package: the-application
Architecture: amd64
Version: 3
END
packaged 'the-app:amd64 1:2.0-3: upgrade that (apt-get install --only-upgrade the-app:amd64)'
mv "$root/var/lib/dpkg/info/the-app:amd64.list" \
	"$root/var/lib/dpkg/info/a;reboot.list"
packaged 'a;reboot: upgrade that'
rm -r "$root/var/lib/dpkg"
mkdir -p "$root/lib/apk/db"
printf '%s\n' P:other V:1 F:opt R:app '' P:the-app V:2.0-r1 F:opt/app R:else \
	R:roots.pem '' P:last V:3 >"$root/lib/apk/db/installed"
packaged 'the-app 2.0-r1: upgrade that (apk add --upgrade the-app)'
rm -r "$root/lib/apk"
mkdir -p "$root/var/lib/pacman/local/the-app-1:2.0-1"
printf '%s\n' %FILES% opt/app/ opt/app/roots.pem \
	>"$root/var/lib/pacman/local/the-app-1:2.0-1/files"
packaged 'the-app 1:2.0-1: upgrade that (pacman -Syu)'
rm -r "$root/var/lib/pacman"
run --yes
is "no package's file" "$status" 0

# An authority that the system has joins the file; it is for a person to say.
add() { # add NAME
	finding 1 pem-add '' sha256 "$(sha256_of "$1")" \
		store_path /etc/app/roots.pem
	make
	before=$(listing)
}
new
mkdir -p "$local"
pem spaces >"$local/spaces.crt"
add spaces
run --yes
is "add needs a decision" "$status" 2
is "add without one" "$(listing)" "$before"
run --yes --only 00000000000000000000000000000001
is "add" "$status" 0
is "add: OpenSSL reads it" "$(holds)" 4
run --yes --only 00000000000000000000000000000001
said "add: again" 'already done$'
run --yes --rollback "$(backup)"
is "add: bit for bit" "$(listing)" "$before"
rm "$local/spaces.crt"
run --yes --only 00000000000000000000000000000001
is "add: the system has it no more" "$status" 2
said "add: the system has it no more" 'has that certificate no more'
# DER is what an administrator may have put there, too.
cp "$certificates/spaces.der" "$local/spaces.crt"
run --yes --only 00000000000000000000000000000001
is "add: from DER" "$status" 0
is "add: from DER" "$(holds)" 4

# A variable: for sessions and for services.
variable() {
	: >"$work/findings"
	finding 1 node-extra-ca /usr/bin/node
	make
	before=$(listing)
}
debian_new
mkdir -p "$root/etc/systemd" "$root/usr/bin"
printf 'PATH="/usr/bin"' >"$root/etc/environment"
variable
run --yes
is "a variable needs a decision" "$status" 2
is "a variable without one" "$(listing)" "$before"
run --yes --only 00000000000000000000000000000001
is "a variable" "$status" 0
is "sessions" "$(cat "$root/etc/environment")" 'PATH="/usr/bin"
NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'
unit=$root/etc/systemd/system.conf.d/50-trustdrift-NODE_EXTRA_CA_CERTS.conf
is "services" "$(tail -n 1 "$unit")" \
	'DefaultEnvironment=NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'
is "all may read it" "$(stat -c %a "$unit" "$root/etc/systemd/system.conf.d" |
	tr '\n' ' ')" "644 755 "
run --yes --only 00000000000000000000000000000001
said "again" 'already done$'
run --yes --rollback "$(backup)"
is "rollback" "$status" 0
is "bit for bit" "$(listing)" "$before"
# The rollback took the line end away again.
printf '\nNODE_EXTRA_CA_CERTS=/srv/ca.pem\n' >>"$root/etc/environment"
variable
run --yes --only 00000000000000000000000000000001
is "another value" "$status" 2
said "another value" 'sets NODE_EXTRA_CA_CERTS to'
finish
