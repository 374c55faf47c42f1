#!/bin/sh
# debian.sh -- a CA leaves Debian's system store in a root where the owner's
# updater cannot run: links and bundle are made again inside the root.
# shellcheck source=tests/fix/lib.sh disable=SC2317 # ok() calls functions
. "${srcdir:=.}/tests/fix/lib.sh"
# ---- a packaged CA ---------------------------------------------------------------
debian_new
ca 1 root $bundle
make
before=$(listing)
run --dry-run
is "--dry-run" "$status" 2
said "--dry-run" 'put ! into /etc/ca-certificates.conf before mozilla/root.crt'
is "--dry-run: nothing" "$(listing)" "$before"
run --yes
is "packaged" "$status" 0
said "packaged" 'cannot run there'
is "packaged: the line" "$(cat "$root/etc/ca-certificates.conf")" '# which ones
!mozilla/root.crt
!mozilla/utf8.crt
mozilla/other.crt
 mozilla/several.crt'
is "packaged: no gap in the hash names" "$(hashed)" \
	"other.pem several.pem spaces.pem "
ok "packaged: its link is gone" [ ! -L "$certs/root.pem" ]
ok "packaged: the bundle" bundled other several spaces
is "packaged: mode of the bundle" "$(stat -c %a "$root$bundle")" "640"
ok "packaged: the package's file stays" [ -f "$share/mozilla/root.crt" ]
after=$(listing)
run --yes
is "again" "$status" 0
said "again" 'already done$'
is "again: nothing" "$(listing)" "$after"
run --yes --rollback "$(backup)"
is "rollback" "$status" 0
is "rollback: bit for bit" "$(listing)" "$before"
run --yes --rollback "$(backup)"
is "rollback again" "$status" 0
is "rollback again: nothing" "$(listing)" "$before"

# Every name under which the certificate was found is one step.
debian_new
ca 1 other $bundle
ca 2 other /etc/ssl/certs/other.pem
ca 3 other /usr/lib/ssl/certs/11111111.1
ca 4 other /usr/lib/ssl/cert.pem
ca 5 other /usr/share/ca-certificates/mozilla/other.crt
make
is "five places" "$steps" 1
run --yes
is "five places" "$status" 0
is "five places" "$(hashed)" "root.pem several.pem spaces.pem "
ok "five places: the bundle" bundled root several spaces

# Two CAs; the line of one has spaces.
debian_new
ca 1 root /etc/ssl/certs/root.pem
ca 2 several $bundle
make
before=$(listing)
run --yes
is "two" "$status" 0
is "two" "$(hashed)" "other.pem spaces.pem "
ok "two: the bundle" bundled other spaces
ok "two: the line" grep -qx '!mozilla/several.crt' \
	"$root/etc/ca-certificates.conf"
run --yes --rollback "$(backup)"
is "two: bit for bit" "$(listing)" "$before"
# One by one; the second has the bundle that the first made as its target.
run --yes --only 00000000000000000000000000000001
is "one" "$status" 0
run --yes --only 00000000000000000000000000000002
is "then the other" "$status" 0
ok "then the other" bundled other spaces

# ---- a local CA ------------------------------------------------------------------
debian_new
ca 1 spaces /usr/local/share/ca-certificates/spaces.crt
make
before=$(listing)
run --yes
is "local" "$status" 0
ok "local: its file is gone" [ ! -e "$local/spaces.crt" ]
is "local" "$(hashed)" "root.pem other.pem several.pem "
ok "local: the bundle" bundled root other several
ok "local: its link is gone" [ ! -L "$certs/spaces.pem" ]
run --yes --rollback "$(backup)"
is "local: bit for bit" "$(listing)" "$before"

# Through a link in the local directory, and two copies.
debian_new
mkdir -p "$root/opt/ca" "$local/corporate"
mv "$local/spaces.crt" "$root/opt/ca/spaces.pem"
ln -s /opt/ca/spaces.pem "$local/spaces.crt"
pem spaces >"$local/corporate/Again (2).crt"
link '/usr/local/share/ca-certificates/corporate/Again (2).crt' 'Again_=2=' \
	33333333.0
ca 1 spaces $bundle
make
before=$(listing)
run --yes
is "two copies" "$status" 0
is "two copies" "$(find "$local" ! -type d)" ""
ok "two copies: what a link led to stays" [ -f "$root/opt/ca/spaces.pem" ]
is "two copies" "$(hashed)" "root.pem other.pem several.pem "
run --yes --rollback "$(backup)"
is "two copies: bit for bit" "$(listing)" "$before"

# ---- strays ----------------------------------------------------------------------
debian_new
pem leaf >"$certs/stray.pem"
ln -s stray.pem "$certs/33333333.0"
mkdir "$root/opt"
pem leaf >"$root/opt/leaf.pem"
ln -s /opt/leaf.pem "$certs/linked.pem"
ca 1 leaf /etc/ssl/certs/stray.pem
make
before=$(listing)
run --yes
is "stray" "$status" 0
ok "stray: gone" [ ! -e "$certs/stray.pem" ]
ok "stray: the link to another place, too" [ ! -L "$certs/linked.pem" ]
ok "stray: that place is left alone" [ -f "$root/opt/leaf.pem" ]
is "stray: its hash name" "$(hashed)" \
	"root.pem other.pem several.pem spaces.pem "
run --yes --rollback "$(backup)"
is "stray: bit for bit" "$(listing)" "$before"

# ---- drift -----------------------------------------------------------------------
# Neither selected nor deselected, but still linked; deselected, still linked.
debian_new
sed -i '/root/d; s/^mozilla.other/!&/' "$root/etc/ca-certificates.conf"
ca 1 root /etc/ssl/certs/root.pem
ca 2 other $bundle
make
run --yes
is "drift" "$status" 0
ok "drift: a line was added" grep -qx '!mozilla/root.crt' \
	"$root/etc/ca-certificates.conf"
is "drift: one line is enough" \
	"$(grep -c other "$root/etc/ca-certificates.conf")" 1
is "drift" "$(hashed)" "several.pem spaces.pem "
ok "drift: the bundle" bundled several spaces

# A last line without newline, in the configuration and in a certificate.
debian_new
printf '%s' mozilla/root.crt >>"$root/etc/ca-certificates.conf"
printf '%s' "$(pem other)" >"$share/mozilla/other.crt"
ca 1 root $bundle
make
run --yes
is "no newline" "$status" 0
ok "no newline: the bundle" bundled other several spaces
is "no newline: both lines" \
	"$(grep -c '^!mozilla/root.crt$' "$root/etc/ca-certificates.conf")" 2

# ---- what a script must not do -----------------------------------------------------
debian_new
{ pem spaces && pem latin1; } >"$local/spaces.crt"
ca 1 spaces $bundle
make
before=$(listing)
run --yes
is "a file with two" "$status" 2
said "a file with two" 'shares a file with others'
is "a file with two: nothing" "$(listing)" "$before"

debian_new
rm "$root/etc/ca-certificates.conf"
ca 1 root $bundle
make
before=$(listing)
run --yes
is "no Debian" "$status" 2
said "no Debian" 'there is no /etc/ca-certificates.conf'
is "no Debian: nothing" "$(listing)" "$before"

debian_new
mkdir -p "$root/etc/pki"
pem leaf >"$root/etc/pki/by-hand.pem"
ca 1 leaf /etc/pki/by-hand.pem
make
before=$(listing)
run --yes
is "another bundle" "$status" 2
said "another bundle" 'does not make /etc/pki/by-hand.pem'
is "another bundle: nothing" "$(listing)" "$before"

debian_new
ca 1 root $bundle
make
pem latin1 >>"$root$bundle"
before=$(listing)
run --yes
is "the bundle changed" "$status" 2
said "the bundle changed" 'is not what was scanned'
is "the bundle changed: nothing" "$(listing)" "$before"

# What has changed since is not put back over, but made again.
debian_new
ca 1 root $bundle
make
run --yes
is "before a new CA" "$status" 0
pem latin1 >"$local/new.crt"
link /usr/local/share/ca-certificates/new.crt new 33333333.0
for name in other several; do pem $name; done >"$root$bundle"
pem latin1 >>"$root$bundle"
pem spaces >>"$root$bundle"
run --yes --rollback "$(backup)"
is "rollback after a new CA" "$status" 0
said "rollback after a new CA" 'is made again'
ok "rollback after a new CA: the old one" \
	grep -qx 'mozilla/root.crt' "$root/etc/ca-certificates.conf"
ok "rollback after a new CA: both" bundled root other several latin1 spaces

# ---- names ---------------------------------------------------------------------------
# Links that lead out of the root lead inside it.
debian_new
ca 1 root $bundle
make
echo '!precious' >"$work/precious"
mv "$root/etc/ca-certificates.conf" "$root/etc/real.conf"
ln -s /etc/real.conf "$root/etc/ca-certificates.conf"
run --yes
is "a link for the configuration" "$status" 0
ok "a link for the configuration stays one" \
	[ -L "$root/etc/ca-certificates.conf" ]
ok "what it leads to is changed" grep -qx '!mozilla/root.crt' \
	"$root/etc/real.conf"
is "nothing outside is" "$(cat "$work/precious")" '!precious'

debian_new
# shellcheck disable=SC2016 # it must not expand
odd='mozilla/$(touch code) '"it's"' "q" * a|b.crt'
pem latin1 >"$share/$odd"
echo "$odd" >>"$root/etc/ca-certificates.conf"
pem latin1 >>"$root$bundle"
ca 1 latin1 $bundle
make
run --yes
is "an odd name" "$status" 0
ok "an odd name" grep -Fqx "!$odd" "$root/etc/ca-certificates.conf"
ok "nothing ran" [ ! -e code ]

# ---- links and bundle have come apart ------------------------------------------------
debian_new
sed -i '/other/d' "$root/etc/ca-certificates.conf"
for name in root several; do pem $name; done >"$root$bundle"
printf 'id %032x\nrecipe debian-refresh\nrule r\n' 1 >>"$work/findings"
printf 'id %032x\nrecipe debian-refresh\nrule r\n' 2 >>"$work/findings"
make
is "refresh" "$steps" 1
before=$(listing)
run --dry-run
is "refresh: --dry-run" "$status" 2
run --yes
is "refresh" "$status" 0
is "refresh" "$(hashed)" "root.pem several.pem spaces.pem "
ok "refresh: the bundle" bundled root several spaces
run --yes
said "refresh again" 'already done$'
run --yes --rollback "$(backup)"
is "refresh: bit for bit" "$(listing)" "$before"
finish
