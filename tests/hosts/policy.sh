#!/bin/sh
# policy.sh -- one policy over the system, Java, NSS, .NET and Node; a waiver
# silences one finding until it ends; a baseline, what was there before; and a
# mistake in either file is said with its place and judges nothing.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/java.sh
. "$srcdir/tests/java.sh"

for program in keytool certutil; do
	command -v $program >/dev/null || skip "needs $program"
done
dst=$srcdir/tests/hosts/certificates/dst-2021
addtrust=$srcdir/tests/hosts/certificates/addtrust-2020
required=$dst/isrg-root-x1.pem
forbidden=$dst/dst-root-ca-x3.pem
other=$addtrust/usertrust-rsa.pem
now=2021-09-01T00:00:00Z
root=$work/host
etc=$work/etc
mkdir -p "$etc/waivers.d"

host_new "$root"
host_root_ca "$root" "$required" "$forbidden"
host_update "$root"
security=$root/usr/lib/jvm/java-17-openjdk/lib/security
mkdir -p "$security"
java_add() {
	java_keytool -importcert -noprompt -trustcacerts -alias "$1" -file "$2" \
		-keystore "$security/cacerts" -storetype JKS \
		-storepass changeit >/dev/null 2>&1
}
java_add required "$required"
java_add forbidden "$forbidden"
nss=$root/home/ann/.pki/nssdb
mkdir -p "$nss"
certutil -N -d "sql:$nss" --empty-password
certutil -A -d "sql:$nss" -a -n forbidden -t C,, -i "$forbidden"
certutil -A -d "sql:$nss" -a -n other -t C,, -i "$other"
host_dotnet "$root/home/ann" root "$forbidden" >/dev/null
host_elf "$root/usr/bin/node" "$forbidden" "$other"
link=$(openssl x509 -in "$forbidden" -noout -subject_hash).0

policy() {
	{
		echo '<?xml version="1.0" encoding="UTF-8"?>'
		echo '<policy>'
		cat
		echo '</policy>'
	} >"$etc/policy.xml"
}
judge() { # judge [ARGS]: audits with $etc
	audit "$root" --config "$etc" --db "$work/policy.db" --now "$now" "$@"
}
# what was found by the rules of this test, without the hash
found() {
	findings "${1:-}" | grep -E '^[a-z]+ (policy|waiver)-' |
		sed "s, $work, ,; s/ [^ ]*\$//" | uniq
}

repair() { # repair PLACE: the recipe, or how why there is none begins, and the purpose
	/usr/bin/python3 -I - "$work/report.json" "$1" <<-'END'
	import json, sys
	for f in json.load(open(sys.argv[1]))["findings"]:
	    if f["rule"] == "policy-forbidden" and f["store"]["path"] == sys.argv[2]:
	        print((f["fix"]["reason"] or f["fix"]["recipe"])[:38] +
	            (": serverAuth" if "Java for serverAuth, and" in f["message"] else ""))
	END
}
cacerts=/usr/lib/jvm/java-17-openjdk/lib/security/cacerts

# ---- nothing is demanded, nothing is found -------------------------------------
judge
is "no policy" "$(found)" ""

# ---- one policy for all ---------------------------------------------------------
policy <<-END
	<forbid sha256="$(sha256_of "$forbidden")" comment="it has ended"/>
	<require sha256="$(sha256_of "$required")"/>
	<allow party="node" sha256="$(sha256_of "$required")"/>
END
judge
is "exit status" $((status & 2)) 2
is "forbidden everywhere" "$(found policy-forbidden)" \
"high policy-forbidden /etc/ssl/certs/$link
high policy-forbidden /etc/ssl/certs/ca-certificates.crt
high policy-forbidden /home/ann/.dotnet/corefx/cryptography/x509stores/root/$(thumbprint "$forbidden").pfx
high policy-forbidden /home/ann/.pki/nssdb/cert9.db
high policy-forbidden /usr/bin/node
high policy-forbidden /usr/lib/jvm/java-17-openjdk/lib/security/cacerts"
is "required and missing" "$(found policy-missing)" \
"medium policy-missing /home/ann/.pki/nssdb/cert9.db
medium policy-missing /usr/bin/node"
is "not allowed: one finding for the store" "$(found policy-unlisted)" \
"medium policy-unlisted /usr/bin/node"
is "a script takes it out of Java" "$(repair "$cacerts")" "keytool-delete"
members() {
	/usr/bin/python3 -I - "$work/report.json" <<-'END'
	import json, sys
	for f in json.load(open(sys.argv[1]))["findings"]:
	    if f["rule"] == "policy-unlisted":
	        print(" ".join(m["sha256"] for m in f["certificates"]))
	END
}
is "what is forbidden is said once" "$(members)" "$(sha256_of "$other")"

# ---- by key, by name, for some, for a purpose, until -----------------------------
key=$("$TRUSTDRIFT" query --db "$work/policy.db" --format tsv "SELECT spki_sha256
	FROM v_known_certificate WHERE sha256 = '$(sha256_of "$other")'" | sed 1d)
subject=$("$TRUSTDRIFT" query --db "$work/policy.db" --format tsv "SELECT subject
	FROM v_known_certificate WHERE sha256 = '$(sha256_of "$forbidden")'" | sed 1d)
policy <<-END
	<forbid spki_sha256="$key" party="node" author="ann"/>
	<forbid subject="$subject" party="java dotnet:/home/ann"
		purpose="serverAuth" until="2021-09-01"/>
	<forbid sha256="$(sha256_of "$other")" purpose="codeSigning" party="nss"/>
END
judge
is "by key for Node, by name for Java and .NET" "$(found)" \
"high policy-forbidden /etc/ssl/certs/$link
high policy-forbidden /etc/ssl/certs/ca-certificates.crt
high policy-forbidden /home/ann/.dotnet/corefx/cryptography/x509stores/root/$(thumbprint "$forbidden").pfx
high policy-forbidden /usr/bin/node
high policy-forbidden /usr/lib/jvm/java-17-openjdk/lib/security/cacerts"
is "no script for a part of what Java trusts it for" "$(repair "$cacerts")" \
	"It is trusted for other purposes, too,: serverAuth"
now=2021-09-02T00:00:00Z
judge
is "a line has ended" "$(found)" \
"high policy-forbidden /usr/bin/node
medium policy-expired /etc/policy.xml"

# ---- what is trusted now, as a policy ---------------------------------------------
"$TRUSTDRIFT" policy init --db "$work/policy.db" -o "$work/init.xml"
"$TRUSTDRIFT" policy init --db "$work/policy.db" >"$work/init-again.xml"
check "init is deterministic" cmp "$work/init.xml" "$work/init-again.xml"
cp "$work/init.xml" "$etc/policy.xml"
cat >"$work/line.xml" <<'END'
<policy><allow subject="CN=a"/><allow subject="CN=b" party="node go"/><forbid subject="CN=c"/></policy>
END
is "elements of one line" "$("$TRUSTDRIFT" policy check "$work/line.xml")" \
	"$work/line.xml: 2 allowed, 0 required, 1 forbidden"
check "init is valid: $("$TRUSTDRIFT" policy check "$etc/policy.xml")" \
	"$TRUSTDRIFT" --quiet policy check "$etc/policy.xml"
judge
is "and fulfilled" "$(found)" ""
certutil -A -d "sql:$nss" -a -n new -t ,,C -i "$addtrust/addtrust-external-ca-root.pem"
judge
is "until something comes" "$(found)" "medium policy-unlisted /home/ann/.pki/nssdb/cert9.db"

# ---- a waiver silences one finding, and it returns ---------------------------------
policy <<-END
	<forbid sha256="$(sha256_of "$forbidden")"/>
	<allow party="node" sha256="$(sha256_of "$required")"/>
END
judge
all=$(found)
id_of() { # id_of RULE PLACE
	/usr/bin/python3 -I - "$work/report.json" "$@" <<-'END'
	import json, sys
	for f in json.load(open(sys.argv[1]))["findings"]:
	    if f["rule"] == sys.argv[2] and f["store"]["path"] == sys.argv[3]:
	        print(f["id"])
	END
}
java=$(id_of policy-forbidden /usr/lib/jvm/java-17-openjdk/lib/security/cacerts)
"$TRUSTDRIFT" waive "$java" --db "$work/policy.db" --reason "the <old> bank" \
	--author "Ann & Co" --until 2021-10-31 -o "$etc/waivers.d/java.xml"
judge
is "all but one" "$(found)" "$(echo "$all" | grep -v java-17)"
waived() {
	/usr/bin/python3 -I - "$work/report.json" <<-'END'
	import json, sys
	report = json.load(open(sys.argv[1]))
	print(report["summary"]["waived"], *[f["id"] + " " + e["text"]
	    for f in report["findings"] if f["status"] == "waived"
	    for e in f["evidence"] if e["kind"] == "waiver"])
	END
}
is "it says why, by whom and until when" "$(waived)" \
	"1 $java the <old> bank (Ann & Co, until 2021-11-01T00:00:00Z)"
"$TRUSTDRIFT" check --root "$root" --config "$etc" --db "$work/policy.db" \
	--now "$now" >"$work/report.txt" || :
check "the report for people tells it" grep -q "the <old> bank (Ann & Co" \
	"$work/report.txt"
before=$now
now=2021-10-31T23:59:59Z
judge
is "to the last second" "$(found policy-forbidden)" \
	"$(echo "$all" | grep policy-forbidden | grep -v java-17)"
now=2021-11-01T00:00:00Z
judge
is "it ends, and returns" "$(found policy-forbidden)" \
	"$(echo "$all" | grep policy-forbidden)"
is "and says so" "$(found waiver-expired)" \
	"low waiver-expired /etc/waivers.d/java.xml"
now=$before

# ---- a folded finding is waived by its certificates ----------------------------------
node=$(id_of policy-unlisted /usr/bin/node)
"$TRUSTDRIFT" waive "$node" --db "$work/policy.db" --reason "for a while" \
	--author ann --until 2021-12-31 -o "$etc/waivers.d/node.xml"
check "it lists them" grep -q "<certificate sha256=\"$(sha256_of "$other")\"" \
	"$etc/waivers.d/node.xml"
judge
is "waived" "$(found policy-unlisted)" ""
host_elf "$root/usr/bin/node" "$forbidden" "$other" \
	"$addtrust/aaa-certificate-services.pem"
judge
is "not what came later" "$(found policy-unlisted)" \
	"medium policy-unlisted /usr/bin/node"
is "which is the same finding" "$(id_of policy-unlisted /usr/bin/node)" "$node"
is "of that one only" "$(members)" \
	"$(sha256_of "$addtrust/aaa-certificate-services.pem")"

# one that lists nothing covers nothing, and is found
cat >"$etc/waivers.d/node.xml" <<-END
<waivers>
  <waiver finding="$node" reason="r" author="a" until="2030-01-01"/>
  <waiver rule="policy-unlisted" store="/usr/bin/node" reason="r" author="a"
    until="2030-01-01T00:00:00Z"><certificate
    sha256="$(openssl x509 -in "$other" -noout -fingerprint -sha256 |
	sed 's/.*=//')"/></waiver>
</waivers>
END
judge
is "unlisted certificates are found" "$(found policy-unlisted)" \
	"medium policy-unlisted /usr/bin/node"
is "a waiver of nothing" "$(found waiver-unused)" \
	"info waiver-unused /etc/waivers.d/node.xml"
rm "$etc"/waivers.d/*

# the name of a store may have any spaces in it
profile=/home/ann/.mozilla/firefox/two\ \ spaces
# shellcheck disable=SC2317 # check calls it
forbidden_at() { found policy-forbidden | grep -qF "high policy-forbidden $1"; }
# shellcheck disable=SC2317
not_forbidden_at() { ! forbidden_at "$1"; }
mkdir -p "$root$profile"
cp "$nss"/*.db "$root$profile"
policy <<-END
	<forbid sha256="$(sha256_of "$other")"/>
END
judge
check "a store with spaces in its name" forbidden_at "$profile/cert9.db"
cat >"$etc/waivers.d/spaces.xml" <<-END
<waivers>
  <waiver rule="policy-forbidden" store="$profile/cert9.db" reason="r"
    author="a" until="2030-01-01"><certificate
    sha256="$(sha256_of "$other")"/></waiver>
</waivers>
END
judge
check "is waived by that name" not_forbidden_at "$profile"
check "and others are not" forbidden_at /home/ann/.pki/nssdb/cert9.db
is "nor is that one of nothing" "$(found waiver-unused)" ""
rm -r "$etc"/waivers.d/* "$root$profile"

# ---- only what is new ---------------------------------------------------------------
policy <<-END
	<allow party="node" sha256="$(sha256_of "$required")"/>
END
judge
cp "$work/report.json" "$work/baseline.json"
judge --fail-on new
is "nothing is new" $((status & 2)) 0
"$TRUSTDRIFT" --quiet scan --root "$root" --config "$etc" \
	--db "$work/policy.db" --now "$now" || :
judge --fail-on new:info
is "nor after a scan in between" $((status & 2)) 0
host_elf "$root/usr/bin/node" "$forbidden" "$other" \
	"$addtrust/aaa-certificate-services.pem" "$addtrust/usertrust-rsa-by-aaa.pem"
judge --baseline "$work/baseline.json" 2>/dev/null
is "what is no anchor is nothing new" $((status & 2)) 0
host_elf "$root/usr/bin/node" "$forbidden" "$other" "$dst/isrg-root-x1.pem" \
	"$addtrust/aaa-certificate-services.pem" \
	"$addtrust/addtrust-external-ca-root.pem"
judge --baseline "$work/baseline.json" --fail-on high 2>/dev/null
check "a severity bounds it" test $((status & 2)) -eq 0
judge --baseline "$work/baseline.json" 2>/dev/null
is "a certificate more in a folded finding" $((status & 2)) 2
judge --fail-on new
is "which is old at the next audit" $((status & 2)) 0
status=0
"$TRUSTDRIFT" check --root "$root" --config "$etc" --db "$work/policy.db" \
	--now "$now" --baseline "$work/baseline.json" >/dev/null \
	2>"$work/errors" || status=$?
is "check, too" $((status & 2)) 2
check "it is named: $(cat "$work/errors")" grep -q "policy-unlisted" \
	"$work/errors"
status=0
"$TRUSTDRIFT" check --root "$root" --config "$etc" --baseline "$etc/policy.xml" \
	>/dev/null 2>&1 || status=$?
is "no report: status" "$status" 78

# ---- mistakes ----------------------------------------------------------------------
refused() { # refused WHAT WORDS
	status=0
	"$TRUSTDRIFT" audit --root "$root" --db "$work/refused.db" \
		--config "$etc" >"$work/out" 2>"$work/errors" || status=$?
	is "$1: status" "$status" 78
	is "$1: nothing is reported" "$(cat "$work/out")" ""
	is "$1: one line" "$(grep -c . "$work/errors")" 1
	check "$1: $2: $(cat "$work/errors")" grep -qE "$2" "$work/errors"
}
hash=$(sha256_of "$other")
mistake() { # mistake WHAT WORDS LINES
	echo "$3" | policy
	refused "$1" "policy.xml:$2"
}
mistake "no such element" "[34]: .*permit" "<permit sha256='$hash'/>"
mistake "a short hash" "[34]: " "<allow sha256='${hash#??}'/>"
mistake "two ways at once" "[34]: " "<allow sha256='$hash' subject='CN=A'/>"
mistake "nobody" "[34]: " "<allow comment='all of them'/>"
mistake "no such purpose" "[34]: " "<allow sha256='$hash' purpose='tls'/>"
mistake "a name as tables show it" "3: subject .* byte 11" \
	'<forbid subject="CN=A,O=B\\\\, Inc."/>'
mistake "no escape" "3: subject .* byte 3" "<forbid subject='CN=\\x41'/>"
mistake "no value" "3: subject .* byte 6" "<forbid subject='CN=A,O'/>"
mistake "no such day" "3: until" "<allow sha256='$hash' until='2021-02-29'/>"
mistake "no such party" "3: .*jaba" "<forbid sha256='$hash' party='jaba'/>"
mistake "both" "3: .*line 4" "<forbid sha256='$hash'/>
<require sha256='$hash' party='java'/>"
mistake "not well-formed" "[34]: " "<allow sha256='$hash'>"
echo "<!DOCTYPE policy [<!ENTITY a 'b'>]><policy/>" >"$etc/policy.xml"
refused "an entity" "policy.xml:[0-9]+: .*document type"
policy </dev/null
waiver() {
	printf '<waivers>\n%s\n</waivers>\n' "$3" >"$etc/waivers.xml"
	refused "$1" "waivers.xml:$2"
}
waiver "no end" "2: " "<waiver finding='$java' reason='r' author='a'/>"
waiver "no reason" "2: " "<waiver finding='$java' author='a' until='2030-01-01'/>"
waiver "half an id" "2: " "<waiver finding='abc' reason='r' author='a' until='2030-01-01'/>"
waiver "a rule without a store" "2: " \
	"<waiver rule='weak-anchor' reason='r' author='a' until='2030-01-01'/>"
waiver "no such day" "2: until" \
	"<waiver finding='$java' reason='r' author='a' until='soon'/>"
rm "$etc/waivers.xml"
echo '<waivers' >"$etc/waivers.d/a.xml"
refused "a mistake in waivers.d" "waivers.d/a.xml:[12]: "
rm "$etc/waivers.d/a.xml"
ln -s /nowhere "$etc/waivers.xml"
refused "a dangling link" "waivers.xml: No such file"
rm "$etc/waivers.xml"
mkfifo "$etc/waivers.xml"
refused "a FIFO" "waivers.xml: not a regular file"
finish
