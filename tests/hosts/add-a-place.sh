#!/bin/sh
# add-a-place.sh -- what an administrator writes into /etc/trustdrift to have one
# more place looked at: one element.  The directory is given by --config here,
# which stands for /etc/trustdrift in everything; where something can be mounted,
# it is put there as well.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
tab=$(printf '\t')

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem"
host_update "$root"
mkdir -p "$root/srv/shop/conf" "$root/srv/deep/a/b/.hidden" \
	"$root/home/ann/tool-2/lib" "$work/etc/stores" "$work/etc/relying-parties"
cp "$good/isrg-root-x1.pem" "$root/srv/shop/conf/trusted.pem"
cp "$good/dst-root-ca-x3.pem" "$root/srv/deep/a/b/roots.pem"
cp "$good/dst-root-ca-x3.pem" "$root/srv/deep/a/b/.hidden/roots.pem"
cp "$good/dst-root-ca-x3.pem" "$root/home/ann/tool-2/lib/ca.pem"

scan() {
	rm -f "$work/place.db"
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/place.db" \
		--now 2021-01-01T00:00:00Z "$@"
}
show() { # show WHAT COLUMNS: without the header
	"$TRUSTDRIFT" show "$1" --db "$work/place.db" --format tsv | sed 1d |
		cut -f "$2"
}

scan --config "$work/etc"
show stores 1,2,5 >"$work/before"
cat >"$work/etc/stores/shop.xml" <<'END'
<stores>
  <store kind="shop" format="pem" role="anchor" recipe="remove-file">
    <title>The shop</title>
    <path>/srv/shop/conf/trusted.pem</path>
  </store>
</stores>
END
scan --config "$work/etc"
show stores 1,2,5 >"$work/after"
is "one element is one place more" \
	"$(diff "$work/before" "$work/after" | sed -n 's/^[<>] //p')" \
	"shop$tab/srv/shop/conf/trusted.pem$tab"
is "it is known as one" "$("$TRUSTDRIFT" show stores --all --root "$root" \
	--config "$work/etc" --format tsv | grep '^shop' | cut -f 1-6)" \
	"shop${tab}1${tab}pem${tab}anchor${tab}remove-file${tab}$work/etc/stores/shop.xml:2"

# homes, sets that begin with sets, any depth, and who trusts it
cat >"$work/etc/stores/shop.xml" <<'END'
<stores>
  <set name="shop-lib"><path>{shop-top}/lib</path></set>
  <set name="shop-top"><path>{home}/tool-*</path><path>/srv/none</path></set>
  <store kind="shop" format="pem" role="anchor" recipe="remove-file">
    <title>The shop</title>
    <path>({shop-lib})/ca.pem</path>
    <path>(/srv/deep)/**/roots.pem</path>
  </store>
  <store kind="shop-other" format="pem" role="anchor" recipe="remove-file"
	 if-exists="/etc/release-of-another-distribution">
    <title>What is no shop here</title>
    <path>/srv/shop/conf/trusted.pem</path>
  </store>
</stores>
END
party() { # party ID ATTRIBUTES INSIDE
	printf '<relying-party id="%s" model="openssl" partial-chain="no" %s>
		<title>%s</title>%s</relying-party>\n' "$1" "$2" "$1" "$3"
}
{
	echo '<relying-parties>'
	party shop '' '<uses kinds="shop" as="anchor" own="yes"/>'
	party old-shop 'unless="new-shop"' \
		'<uses kinds="shop" as="anchor" own="yes"/>'
	# told by its program; what it has with `if` does not make one
	party new-shop '' '<program>({shop-lib})/version</program>
		<uses kinds="shop" as="anchor" own="yes" if="shop"/>
		<uses kinds="system-bundle" as="anchor" if="shop"/>
		<uses kinds="system-bundle" as="source" if="shop-other"/>'
	echo '</relying-parties>'
} >"$work/etc/relying-parties/shop.xml"
scan --config "$work/etc"
is "home, set and depth" "$(show stores 1,2,4,5 | grep '^shop')" \
	"shop$tab/home/ann/tool-2/lib/ca.pem${tab}ann${tab}old-shop:/home/ann/tool-2/lib
shop$tab/srv/deep/a/b/roots.pem$tab${tab}old-shop:/srv/deep"
is "its parties" "$(show parties 1,7,8 | grep shop)" \
	"old-shop:/home/ann/tool-2/lib${tab}1${tab}1
old-shop:/srv/deep${tab}1${tab}1
shop:/home/ann/tool-2/lib${tab}1${tab}1
shop:/srv/deep${tab}1${tab}1"
: >"$root/home/ann/tool-2/lib/version"
scan --config "$work/etc"
is "a newer one takes the other's place" "$(show parties 1,7,8 | grep shop)" \
	"new-shop:/home/ann/tool-2/lib${tab}2${tab}2
old-shop:/srv/deep${tab}1${tab}1
shop:/home/ann/tool-2/lib${tab}1${tab}1
shop:/srv/deep${tab}1${tab}1"
rm "$work/etc/relying-parties/shop.xml"

# a file of the vendor's name is there instead of it
cp "$work/etc/stores/shop.xml" "$work/etc/stores/php.xml"
rm "$work/etc/stores/shop.xml"
ln -s /dev/null "$work/etc/relying-parties/php.xml"
"$TRUSTDRIFT" show stores --all --root "$root" --config "$work/etc" \
	--format tsv | cut -f 1 >"$work/kinds"
check "the file's kinds are there" grep -qx shop "$work/kinds"
check "those that it masks are not" test -z "$(grep -x wordpress "$work/kinds")"

# the directory itself, of this build: with another one mounted above it
etc=$(tr '\0' '\n' <"$TRUSTDRIFT" | grep -a '^/.*etc/trustdrift$' | head -n 1)
check "the program knows its directory" test -n "$etc"
cat >"$work/outer.sh" <<'END'
mount -t tmpfs none "${1%/*}" && mkdir "$1" && cp -r "$2/." "$1" &&
	exec "$3" show stores --all --root "$4" --format tsv
END
if [ -d "${etc%/*}" ] && unshare -rm mount -t tmpfs none "${etc%/*}" 2>/dev/null; then
	unshare -rm sh "$work/outer.sh" "$etc" "$work/etc" "$TRUSTDRIFT" \
		"$root" >"$work/kinds" 2>&1
	check "a place in $etc" grep -q "^shop$tab" "$work/kinds"
else
	echo "not tested: $etc itself, for nothing can be mounted here"
fi

# ---- what a user's file does to a store of which no problem is told ------------------
cat >"$work/etc/stores/secret.xml" <<'END'
<stores>
  <store kind="own-keys" format="pem" role="source" secret="yes">
    <title>Keys</title>
    <path>{home}/keys.pem</path>
    <repair>None.</repair>
  </store>
</stores>
END
yes '-----BEGIN CERTIFICATE-----
AAAA!
-----END CERTIFICATE-----' | head -n 3300 >"$root/home/ann/keys.pem"
status=0
scan --config "$work/etc" || status=$?
is "more problems than are kept, and none is told" "$status" 0
rm "$work/etc/stores/secret.xml" "$root/home/ann/keys.pem"
finish
