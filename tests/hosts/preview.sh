#!/bin/sh
# preview.sh -- what a preview says would be found is what is found when the
# change is made: each is compared with an audit of a changed copy of the root,
# whose history has the root as it was.  And nothing is written meanwhile.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/hosts/preview-lib.sh
. "$srcdir/tests/hosts/preview-lib.sh"
command -v openssl >/dev/null || skip "needs openssl"

good=$srcdir/tests/hosts/certificates/dst-2021
crossed=$srcdir/tests/hosts/certificates/addtrust-2020
old=dst-root-ca-x3
now=2021-09-25T00:00:00Z
later=2021-10-05T00:00:00Z

# set_up ROOT WHAT-IS-CACHED ...: the host of September 2021
set_up() {
	root=$1
	shift
	host_new "$root"
	host_root_ca "$root" "$good/$old.pem" "$good/isrg-root-x1.pem" \
		"$crossed/usertrust-rsa.pem"
	host_update "$root"
	for pem in "$@"; do
		host_dotnet "$root/home/ann" ca "$good/$pem.pem" >/dev/null
	done
}

# cached NAME: the file that .NET has it in
cached() {
	printf '/home/ann/%s/ca/%s.pfx' "$dotnet_store" \
		"$(thumbprint "$good/$1.pem")"
}

# preview ROOT [ARGS]: JSON in $work/preview.json, $status
preview() {
	preview_root=$1
	shift
	status=0
	"$TRUSTDRIFT" preview --root "$preview_root" --now "$now" \
		--format json "$@" >"$work/preview.json" 2>"$work/errors" ||
		status=$?
	[ ! -s "$work/errors" ] || cat "$work/errors" >&2
}

# listed KEY [RULE]: "severity rule location sha256" of the findings of a key of
# the preview, as findings() has it
listed() {
	/usr/bin/python3 -I - "$work/preview.json" "$@" <<-'END'
	import json, sys
	rows = []
	for f in json.load(open(sys.argv[1]))[sys.argv[2]]:
	    if len(sys.argv) > 3 and f["rule"] != sys.argv[3]:
	        continue
	    for m in f["certificates"] or [f["entry"] | f["certificate"]]:
	        rows.append("%s %s %s %s" % (f["severity"], f["rule"],
	            m["location"] or f["store"]["path"],
	            (m["sha256"] or "-")[:16]))
	print("\n".join(sorted(rows)))
	END
}

# after: what the preview makes of the findings of $work/before.json; id,
# severity, status, rule and message of each.  really: those of $work/real.json.
after() {
	/usr/bin/python3 -I - "$work/before.json" "$work/preview.json" <<-'END'
	import json, sys
	before, preview = (json.load(open(name)) for name in sys.argv[1:])
	found = {f["id"]: f for f in before["findings"]}
	for f in preview["disappear"]:
	    assert f == found.pop(f["id"]), f
	for f in preview["appear"]:
	    assert f["id"] not in found, f
	    found[f["id"]] = f
	for f in preview["differ"]:
	    assert f["before"] == found[f["before"]["id"]], f
	    found[f["after"]["id"]] = f["after"]
	for key in sorted(found):
	    f = found[key]
	    print(key, f["severity"], f["status"], f["rule"], f["message"],
	        *[m["sha256"] for m in f["certificates"]])
	END
}
really() {
	/usr/bin/python3 -I - "$work/real.json" <<-'END'
	import json, sys
	rows = [" ".join(["%(id)s %(severity)s %(status)s %(rule)s %(message)s" % f,
	    *[m["sha256"] for m in f["certificates"]]])
	    for f in json.load(open(sys.argv[1]))["findings"]]
	print("\n".join(sorted(rows)))
	END
}

# same WHAT ROOT CHANGED-ROOT AT [PREVIEW-ARGS]: does the preview of ROOT say
# what an audit of CHANGED-ROOT says, in the place of ROOT and with its history?
same() {
	what=$1 same_root=$2 changed_root=$3 at=$4
	shift 4
	rm -f "$work/same.db"
	"$TRUSTDRIFT" audit --root "$same_root" --now "$now" --format json \
		--exit-zero --db "$work/same.db" >"$work/before.json" ||
		fail "$what: audit before"
	preview "$same_root" --at "$at" "$@"
	mv "$same_root" "$same_root.away"
	mv "$changed_root" "$same_root"
	"$TRUSTDRIFT" audit --root "$same_root" --now "$at" --format json \
		--exit-zero --db "$work/same.db" >"$work/real.json" ||
		fail "$what: audit after"
	mv "$same_root" "$changed_root"
	mv "$same_root.away" "$same_root"
	is "$what" "$(after)" "$(really)"
	is "$what: the status" "$status" "$wanted_status"
}

listing() {
	find "$work/one" "$work/db" "$HOME" \
		-printf '%p %y %m %s %T@ %C@ %l\n' | sort
	find "$work/one" "$work/db" -type f -exec sha256sum {} + | sort
	find "$work/state" 2>/dev/null
}

set_up "$work/one" r3-by-dst
set_up "$work/both" r3-by-dst $old
one=$work/one
both=$work/both
fingerprint=$(sha256_of "$good/$old.pem")
stale=$(sha256_of "$good/r3-by-dst.pem")
stale_row="stale-cached-intermediate $(cached r3-by-dst) $(printf %.16s "$stale")"

# ---- what it is for: the outage of 2021, before the update -------------------------
before=$(listing 2>/dev/null)
preview "$one" --remove "$fingerprint"
is "the root's removal: status" "$status" 2
is "the cached intermediate appears" \
	"$(listed appear stale-cached-intermediate)" "high $stale_row"
is "the root's warnings disappear" \
	"$(listed disappear | cut -d ' ' -f 2 | sort -u)" \
	"$(printf 'anchor-expires-soon\npath-will-break\nprivate-anchor')"
is "what is removed, and where" "$(changed | cut -d ' ' -f 1,3-)" \
	"removed debian-ca-conf system-bundle system-directory system-hash-directory"
is "nothing was written" "$(listing 2>/dev/null)" "$before"

# the same certificate by every name
for name in "$(thumbprint "$good/$old.pem")" \
	"$(printf %.8s "$fingerprint")" \
	"$(echo "$fingerprint" | tr a-f A-F | sed 's/../&:/g; s/:$//')"; do
	cp "$work/preview.json" "$work/same.json"
	preview "$one" --remove "$name"
	check "by $name" cmp "$work/preview.json" "$work/same.json"
done

# with the cached copy gone as well nothing is left that could break
preview "$one" --remove "$fingerprint" --remove "$stale"
is "both go" "$(listed appear)" ""
# and when the update is made already, only it has to go
cp -a "$one" "$work/updated"
host_remove_ca "$work/updated" $old
mkdir "$work/db"
"$TRUSTDRIFT" scan --quiet --root "$one" --db "$work/db/history.db" --now "$now"
mv "$one" "$work/away"
mv "$work/updated" "$one"
before=$(listing)
preview "$one" --db "$work/db/history.db" --remove "$stale"
is "a recorded inventory is left alone, too" "$(listing)" "$before"
mv "$one" "$work/updated"
mv "$work/away" "$one"
is "the cached copy goes" "$(listed disappear)" "high $stale_row"
is "and nothing appears" "$(listed appear)" ""
is "by history" "$(sed -n 's/^  "note": //p' "$work/preview.json")" null

# ---- against the real thing ----------------------------------------------------------
wanted_status=2
for variant in one both; do
	cp -a "$work/$variant" "$work/$variant.updated"
	host_remove_ca "$work/$variant.updated" $old
	cat "$good/isrg-root-x1.pem" "$crossed/usertrust-rsa.pem" \
		>"$work/bundle.pem"
	for at in $now $later; do
		same "$variant, $at: another list" "$work/$variant" \
			"$work/$variant.updated" "$at" --set-bundle "$work/bundle.pem"
		same "$variant, $at: removed from the system" "$work/$variant" \
			"$work/$variant.updated" "$at" --remove "$fingerprint" --in system
	done
done
same "removed everywhere" "$one" "$work/one.updated" $now --remove "$fingerprint"
rm "$work/both.updated$(cached $old)"
same "removed from the cache, too" "$both" "$work/both.updated" $now \
	--remove "$fingerprint"
cp -a "$both" "$work/uncached"
rm "$work/uncached$(cached r3-by-dst)"
same "one store only" "$both" "$work/uncached" $later \
	--remove "$stale" --in "/home/ann/$dotnet_store/ca"

# other names of the system's bundle change with it
cp -a "$one" "$work/linked"
mkdir -p "$work/linked/usr/lib/python3/dist-packages/certifi"
ln -s /etc/ssl/certs/ca-certificates.crt \
	"$work/linked/usr/lib/python3/dist-packages/certifi/cacert.pem"
ln -s certs/ca-certificates.crt "$work/linked/usr/lib/ssl/cert.pem"
cp -a "$work/linked" "$work/linked.updated"
host_remove_ca "$work/linked.updated" $old
same "links to the bundle" "$work/linked" "$work/linked.updated" $now \
	--set-bundle "$work/bundle.pem"
is "they are named" "$(changed | cut -d ' ' -f 3-)" \
	"debian-ca-conf python-certifi-debian system-bundle system-default-file system-directory system-hash-directory"

# what is added to .NET's cache is there for building paths
cp -a "$work/one.updated" "$work/cached"
host_dotnet "$work/cached/home/ann" ca "$good/$old.pem" >/dev/null
same "added to a cache" "$work/one.updated" "$work/cached" $now \
	--add "$good/$old.pem" --in "/home/ann/$dotnet_store/ca"
rm "$work/cached$(cached r3-by-dst)"
same "a cache replaced" "$work/one.updated" "$work/cached" $now \
	--set-bundle "$good/$old.pem" --in "/home/ann/$dotnet_store/ca"

# a ! line is what distrusts it
cp -a "$both" "$work/deselected"
sed -i "s,^mozilla/$old,!&," "$work/deselected/etc/ca-certificates.conf"
host_update "$work/deselected"
same "distrusted" "$both" "$work/deselected" $now --distrust "$fingerprint"
is "distrust is said where it can be" "$(changed | cut -d ' ' -f 1,3-)" \
	"distrusted debian-ca-conf
removed system-bundle system-directory system-hash-directory"

# a certificate of the administrator's, with a runtime that has its own list
command -v gcc >/dev/null && {
	host_elf "$one/usr/local/bin/node" "$good/isrg-root-x1.pem" \
		"$crossed/addtrust-external-ca-root.pem"
	host_elf "$both/usr/local/bin/node" "$good/$old.pem" \
		"$good/isrg-root-x1.pem"
	cp -a "$one" "$work/added"
	cp "$crossed/aaa-certificate-services.pem" "$work/aaa.crt"
	cp "$work/aaa.crt" "$work/added/usr/local/share/ca-certificates"
	host_update "$work/added"
	same "added" "$one" "$work/added" $now --add "$work/aaa.crt"
	is "the runtime lacks it" \
		"$(listed appear local-anchor-missing-elsewhere | cut -d ' ' -f 2,3)" \
		"local-anchor-missing-elsewhere /usr/local/bin/node"

	# the system drops a root that Node has: only so is there drift
	cp -a "$both" "$work/dropped"
	host_remove_ca "$work/dropped" $old
	same "a root that Node keeps" "$both" "$work/dropped" $now \
		--remove "$fingerprint" --in system
	is "Node trusts it still" \
		"$(listed appear removed-root-still-trusted | cut -d ' ' -f 3)" \
		/usr/local/bin/node

	# the outage of 2020
	ending=$(sha256_of "$crossed/addtrust-external-ca-root.pem")
	preview "$one" --remove "$ending"
	is "the expired root goes" \
		"$(listed disappear | cut -d ' ' -f 2-)" \
		"expired-anchor /usr/local/bin/node $(printf %.16s "$ending")"
	is "and that is all" "$(listed appear)" ""
} || echo "SKIPPED, NOT TESTED: gcc is missing: lists compiled into programs"

# ---- where p11-kit makes the system's list ---------------------------------------------
# p11_update ROOT: what update-ca-trust makes of the anchors less the blocklist
p11_update() {
	for pem in "$1"/etc/pki/ca-trust/source/anchors/*.pem \
		"$1"/usr/share/pki/ca-trust-source/anchors/*.pem; do
		[ ! -e "$pem" ] ||
			[ -e "$1/etc/pki/ca-trust/source/blocklist/${pem##*/}" ] ||
			cat "$pem"
	done >"$1/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"
}
fedora=$work/fedora
mkdir -p "$fedora/etc/pki/ca-trust/source/anchors" \
	"$fedora/etc/pki/ca-trust/source/blocklist" \
	"$fedora/etc/pki/ca-trust/extracted/pem" \
	"$fedora/usr/share/pki/ca-trust-source/anchors" \
	"$fedora/etc/pki/tls/certs" "$fedora/home/ann"
cp "$one/etc/passwd" "$fedora/etc"
ln -s /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem \
	"$fedora/etc/pki/tls/certs/ca-bundle.crt"
ln -s /etc/pki/tls/certs/ca-bundle.crt "$fedora/etc/pki/tls/cert.pem"
cp "$good/$old.pem" "$good/isrg-root-x1.pem" "$crossed/usertrust-rsa.pem" \
	"$fedora/usr/share/pki/ca-trust-source/anchors"
p11_update "$fedora"
for pem in r3-by-dst $old; do
	host_dotnet "$fedora/home/ann" ca "$good/$pem.pem" >/dev/null
done

cp -a "$fedora" "$work/fedora.updated"
rm "$work/fedora.updated/usr/share/pki/ca-trust-source/anchors/$old.pem"
p11_update "$work/fedora.updated"
same "p11-kit: another list" "$fedora" "$work/fedora.updated" $now \
	--set-bundle "$work/bundle.pem"
is "p11-kit: what it is made of changes, too" "$(changed | cut -d ' ' -f 1,3-)" \
	"removed p11-kit-anchors system-bundle system-default-file"
same "p11-kit: removed" "$fedora" "$work/fedora.updated" $now \
	--remove "$fingerprint" --in system

cp -a "$fedora" "$work/fedora.distrusts"
cp "$good/$old.pem" "$work/fedora.distrusts/etc/pki/ca-trust/source/blocklist"
p11_update "$work/fedora.distrusts"
cp -a "$work/fedora.updated" "$work/fedora.added"
cp "$good/$old.pem" "$work/fedora.added/etc/pki/ca-trust/source/anchors"
p11_update "$work/fedora.added"
same "p11-kit: added" "$work/fedora.updated" "$work/fedora.added" $now \
	--add "$good/$old.pem"
same "p11-kit: distrusted" "$fedora" "$work/fedora.distrusts" $now \
	--distrust "$fingerprint"
is "p11-kit: where that is said" "$(changed | cut -d ' ' -f 1,3-)" \
	"distrusted p11-kit-blocklist
removed system-bundle system-default-file"

# ---- time ----------------------------------------------------------------------------
cp -a "$both" "$work/later"
same "time alone" "$both" "$work/later" $later
is "no store changes" "$(changed)" ""
check "an anchor expires" grep -q '"rule": "expired-anchor"' "$work/preview.json"

# ---- what is asked about --------------------------------------------------------------
# answers: "party before after" of each party that would answer differently
answers() {
	/usr/bin/python3 -I - "$work/preview.json" <<-'END'
	import json, sys
	for v in json.load(open(sys.argv[1]))["verdicts"]:
	    print(v["party"], v["before"]["verdict"], v["after"]["verdict"])
	END
}
# One certificate more that a server may send changes no answer about the others, and
# neither does one party more.
preview "$work/one.updated" --add "$good/r3-by-isrg-x1.pem" \
	--in "/home/ann/$dotnet_store/ca" R3
is "another certificate of what is asked about" "$(answers)" ""
preview "$one" --remove "$fingerprint" R3
is "the root of what is asked about" "$(answers)" \
	"dotnet:/home/ann accept reject
gnutls accept reject
go accept reject
openssl accept reject"

# ---- nothing to say --------------------------------------------------------------------
preview "$one" --add "$good/isrg-root-x1.pem"
is "added where it is: status" "$status" 0
is "no change" "$(changed)$(listed appear)$(listed disappear)" ""
status=0
"$TRUSTDRIFT" preview --root "$one" --now "$now" \
	--add "$good/isrg-root-x1.pem" >"$work/out" || status=$?
is "as text: status" "$status" 0
check "as text" grep -q '^No finding would appear' "$work/out"
openssl x509 -in "$good/isrg-root-x1.pem" -outform DER -out "$work/root.der"
preview "$one" --add "$work/root.der"
is "DER" "$status" 0

# the cached roots are history, and not here
preview "$both" --remove "$fingerprint" --add "$good/$old.pem"
is "removed and put back to the system" "$(changed | cut -d ' ' -f 1,3-)" \
	"removed debian-ca-conf dotnet-ca node-binary"

# ---- mistakes ----------------------------------------------------------------------------
# wrong STATUS WORDS [ARGS]
wrong() {
	wanted=$1 words=$2
	shift 2
	status=0
	"$TRUSTDRIFT" preview --root "$one" --now "$now" "$@" \
		>"$work/out" 2>"$work/errors" || status=$?
	is "status of $*" "$status" "$wanted"
	is "output of $*" "$(cat "$work/out")" ""
	is "lines of $*" "$(wc -l <"$work/errors" | tr -d ' ')" 1
	grep -qF -- "$words" "$work/errors" ||
		fail "$*: $(cat "$work/errors") (wanted: $words)"
}
before=$(listing)
wrong 64 "no store holds a certificate with the fingerprint '0123456789'" \
	--remove 0123456789
wrong 64 "show certificates" --distrust 0123456789
wrong 64 "nothing trusts '$stale' as an anchor there" --distrust "$stale"
wrong 64 "'$fingerprint' is not there" --remove "$fingerprint" \
	--in "/home/ann/$dotnet_store/ca"
wrong 64 "no store with the path '/nowhere'" --remove "$fingerprint" --in /nowhere
wrong 64 "no store with the path '/nowhere'" --add "$good/$old.pem" --in /nowhere
wrong 1 "$work/none.pem: " --add "$work/none.pem"
wrong 1 "$work: " --add "$work"
: >"$work/empty.pem"
wrong 1 "there is no certificate in it" --set-bundle "$work/empty.pem"
wrong 1 "there is no certificate in it" --add "$srcdir/COPYING"
sed 's/^MII/MIIx/' "$good/$old.pem" >"$work/broken.pem"
wrong 1 "broken.pem: byte 0: " --add "$work/broken.pem"
cat "$good/isrg-root-x1.pem" "$work/broken.pem" >"$work/half.pem"
wrong 1 "half.pem: byte " --set-bundle "$work/half.pem"
wrong 1 "cannot be written" --remove "$fingerprint" -o "$work/none/file"
mkdir "$work/bare"
status=0
"$TRUSTDRIFT" preview --root "$work/bare" --add "$good/$old.pem" \
	>"$work/out" 2>"$work/errors" || status=$?
is "a root without a system store" "$status" 1
check "it says so" grep -q "there is no store here that the system" "$work/errors"
is "mistakes write nothing" "$(listing)" "$before"
finish
