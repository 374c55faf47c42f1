#!/bin/sh
# addtrust-2020.sh -- the outage of May 2020: a runtime's own list trusts a root
# that is about to expire and lacks the one that replaces it.
#
# A program with a compiled-in list stands for the old Node, an NSS database for
# whatever keeps the cross-signed certificate; tests/owners/addtrust-2020.sh
# does it with Node 0.12.18 and 6.17.1.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

command -v certutil >/dev/null || skip "needs certutil (libnss3-tools)"

cases() { # cases SEVERITY: of an anchor that has expired
	root=$work/host
	rm -rf "$root"
	host_new "$root"
	host_root_ca "$root" "$good/usertrust-rsa.pem" \
		"$good/aaa-certificate-services.pem"
	host_update "$root"
	mkdir -p "$root/home/ann/.pki/nssdb"
	certutil -N -d "sql:$root/home/ann/.pki/nssdb" --empty-password
	certutil -A -d "sql:$root/home/ann/.pki/nssdb" -n crossed -t ,, \
		-i "$good/usertrust-rsa-by-addtrust.pem" -a
	node=$root/usr/local/bin/node
	host_elf "$node" "$good/addtrust-external-ca-root.pem"
	ending=$(sha256_of "$good/addtrust-external-ca-root.pem" | cut -c 1-16)

	audit "$root" --now 2020-05-30T11:00:00Z
	is "it has expired" "$(findings expired-anchor)" \
		"$1 expired-anchor /usr/local/bin/node $ending"
	is "the runtime lacks the replacement" \
		"$(findings missing-replacement-root | cut -d ' ' -f 1-3)" \
		"high missing-replacement-root /usr/local/bin/node"
	for name in usertrust-rsa addtrust-external-ca-root; do
		print=$(sha256_of "$good/$name.pem" | cut -c 1-16)
		grep -q "$print" "$work/report.json" ||
			fail "$name is not named in the report"
	done

	audit "$root" --now 2020-03-15T00:00:00Z
	is "it will expire" "$(findings anchor-expires-soon)" \
		"low anchor-expires-soon /usr/local/bin/node $ending"
	is "a warning of what is coming" \
		"$(findings missing-replacement-root | cut -d ' ' -f 2-3)" \
		"missing-replacement-root /usr/local/bin/node"

	audit "$root" --now 2019-12-01T00:00:00Z
	is "long before" "$(findings missing-replacement-root)" ""

	# with both roots in its list nothing is missing
	host_elf "$node" "$good/addtrust-external-ca-root.pem" \
		"$good/usertrust-rsa.pem"
	audit "$root" --now 2020-05-30T11:00:00Z
	is "with both roots" "$(findings missing-replacement-root)" ""
}

good=$srcdir/tests/hosts/certificates/addtrust-2020
cases medium
if [ -d "$srcdir/../shared/incidents/addtrust-2020" ]; then
	good=$srcdir/../shared/incidents/addtrust-2020
	# a root that its owner replaced in the open, as public ones are
	cases low
else
	echo "the outage's real certificates are not here: not tested with them"
fi
finish
