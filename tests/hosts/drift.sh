#!/bin/sh
# drift.sh -- a Debian system's stores, each brought out of step in one way, and
# what is found then: nothing but that.  That OpenSSL does not see what lies behind
# a gap is asked of it.
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/java.sh
. "$srcdir/tests/java.sh"

good=$work/ca
mkdir "$good"
for name in one two corp; do
	openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj "/CN=$name" \
		-days 900 -out "$good/$name.pem" 2>/dev/null
done
now=$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)
host_new "$work/host"
host_root_ca "$work/host" "$good/one.pem" "$good/two.pem"
host_update "$work/host"

# drifted: the rules of drift that find something in $work/drifted, with the name of
# the certificates or (-) the store
drifted() {
	audit "$work/drifted" --now "$now" --exit-zero
	/usr/bin/python3 -I - "$work/report.json" <<-'END'
	import json, sys
	for f in json.load(open(sys.argv[1]))["findings"]:
	    if f["rule"] in ("dangling-link", "hash-link-missing",
	            "system-store-not-updated", "bundle-changed-by-hand", "generated-store-differs",
	            "bundle-and-directory-differ", "bundle-changed-by-hand"):
	        print(f["severity"], f["rule"], *sorted({str(m["name"]) for m in
	            f["certificates"] or [f["certificate"]]}))
	END
}
# begin: a copy to be brought out of step
begin() {
	rm -rf "$work/drifted"
	cp -a "$work/host" "$work/drifted"
}

begin
is "nothing is out of step" "$(drifted)" ""

mkdir "$work/hashes"
link=$work/hashes/$(openssl x509 -in "$good/two.pem" -noout -subject_hash)
cp "$good/two.pem" "$link.1"
finds() {
	openssl verify -no-CAfile -no-CAstore -CApath "$work/hashes" "$good/two.pem" \
		>/dev/null 2>&1
}
! finds || fail "OpenSSL finds what lies behind a gap"
mv "$link.1" "$link.0"
check "OpenSSL finds it without the gap" finds

begin
link=$(find "$work/drifted/etc/ssl/certs" -lname '*two*' -name '*.0')
mv "$link" "${link%.0}.1"
rm -f "$work/drifted/etc/ssl/certs/ca-certificates.crt"
is "a gap" "$(drifted)" "low hash-link-missing two"

begin
sed -i 's,^[^#].*two,!&,; s,^!!,!,' "$work/drifted/etc/ca-certificates.conf"
grep -q '^!' "$work/drifted/etc/ca-certificates.conf" || fail "no line was changed"
is "deselected, and the updater did not run" "$(drifted)" \
	"medium system-store-not-updated two"

begin
cp "$good/corp.pem" "$work/drifted/usr/local/share/ca-certificates/corp.crt"
is "added, and the updater did not run" "$(drifted)" \
	"medium system-store-not-updated corp"
host_update "$work/drifted"
is "it did" "$(drifted)" ""
rm "$work/drifted/usr/local/share/ca-certificates/corp.crt"
case $(drifted) in
*"low dangling-link None"*) pass ;;
*) fail "a link that leads nowhere: $(drifted)" ;;
esac

begin
cp "$good/corp.pem" "$work/drifted/etc/ssl/certs/corp.pem"
is "a file by hand" "$(drifted)" "low hash-link-missing corp"

if command -v keytool >/dev/null; then
	begin
	mkdir -p "$work/drifted/etc/ssl/certs/java"
	java_keytool -importcert -noprompt -storetype jks -storepass changeit \
		-keystore "$work/drifted/etc/ssl/certs/java/cacerts" \
		-alias debian:one.pem -file "$good/one.pem" 2>/dev/null
	is "Java lacks one" "$(drifted)" "medium generated-store-differs two"
	java_keytool -delete -storepass changeit -alias debian:one.pem \
		-keystore "$work/drifted/etc/ssl/certs/java/cacerts" 2>/dev/null
	is "Java's store is empty" "$(drifted)" \
		"medium generated-store-differs one two"
else
	echo "SKIPPED, NOT TESTED: keytool is missing: Java's store"
fi
finish
