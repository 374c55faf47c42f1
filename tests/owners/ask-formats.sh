#!/bin/sh
# ask-formats.sh -- the reports for other programs, the files of tests/output, ten
# thousand findings and those of a whole host, are taken by the formats' own
# schemas and consumers: the schemas of SARIF 2.1.0 and of CycloneDX 1.6 and 1.7
# as their owners' npm packages have them, promtool, oscap, and dot.
: "${srcdir:=.}" "${TRUSTDRIFT:?the program to test}"
. "$srcdir/tests/hosts/lib.sh"
. "$srcdir/tests/owners/fetch.sh"

builddir=${TRUSTDRIFT%/src/*}
mkdir -p "$OWNERS/@cyclonedx" "$OWNERS/@microsoft"
cyclonedx=@cyclonedx/cyclonedx-library-10.0.0
sarif=@microsoft/jest-sarif-1.0.0-beta.0
fetch_npm "${cyclonedx%-*}" "${cyclonedx##*-}" || skip "CycloneDX's schemas"
fetch_npm @microsoft/jest-sarif 1.0.0-beta.0 || skip "SARIF's schema"
fetch_deb bookworm prometheus || skip "promtool"
# shellcheck source=tests/owners/oscap.sh
. "$srcdir/tests/owners/oscap.sh"
fetch_tree bookworm graphviz graphviz || skip "Graphviz"
# what a schema refers to by a name of the network, from files
for python in python3 /usr/bin/python3 none; do
	command -v "$python" >/dev/null &&
		"$python" -I -c 'import jsonschema; jsonschema.RefResolver' 2>/dev/null && break
done
[ "$python" != none ] || skip "python3-jsonschema is missing"
command -v xmllint >/dev/null || skip "xmllint is missing"

reports=$work/reports
mkdir "$reports"
cp "$srcdir"/tests/output/*-*.* "$reports"
make -s -C "$builddir" tests/unit/test-formats >/dev/null ||
	skip "test-formats cannot be built"
"$builddir/tests/unit/test-formats" --many "$reports"

# a host of its own, and the certificates that it holds
root=$work/host
host_outage "$root"
printf 'no certificate' >"$root/usr/local/share/ca-certificates/odd.crt"
for version in 1.6 1.7; do
	"$TRUSTDRIFT" check --quiet --root "$root" --now "$outage_time" \
		--exit-zero --cyclonedx-version "$version" \
		--report sarif:"$reports/host-sarif.sarif" \
		--report junit:"$reports/host-junit.xml" \
		--report cyclonedx:"$reports/host$version-cyclonedx.json" \
		--report cyclonedx-xml:"$reports/host$version-cyclonedx-xml.xml" \
		--report prometheus:"$reports/host-prometheus.prom" \
		--report xccdf:"$reports/host-xccdf.xml" \
		--report dot:"$reports/host-dot.dot" >"$work/text"
	is "a report of a host, $version" "$?" 0
done

# ---- SARIF, CycloneDX in JSON ---------------------------------------------------
cat >"$work/valid.py" <<'EOF2'
import json, sys
import jsonschema

kind, schemas, *paths = sys.argv[1:]
def load(name):
    with open(name, encoding="utf-8") as f:
        return json.load(f)
store, by_version = {}, {}
if kind == "sarif":
    schema = load(schemas)
    # the one of the package says draft-07, the standard's draft-04: all that it
    # asks for means the same in both
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    by_version["2.1.0"] = validator
else:
    for name in "spdx", "jsf-0.82", "cryptography-defs":
        s = load(f"{schemas}/{name}.SNAPSHOT.schema.json")
        store[s["$id"]] = s
        store["http://cyclonedx.org/schema/" + s["$id"].rsplit("/", 1)[1]] = s
    for version in "1.6", "1.7":
        s = load(f"{schemas}/bom-{version}.SNAPSHOT.schema.json")
        store[s["$id"]] = s
        by_version[version] = jsonschema.Draft7Validator(
            s, resolver=jsonschema.RefResolver.from_schema(s, store=store),
            format_checker=jsonschema.FormatChecker())
status = 0
for path in paths:
    document = load(path)
    version = document.get("specVersion") or document["version"]
    for error in list(by_version[version].iter_errors(document))[:5]:
        status = 1
        print(path, list(error.absolute_path), error.message[:300])
    # and it is a schema that notices
    if kind == "sarif":
        document["runs"][0]["results"].append({"level": "grave"})
    else:
        document["components"].append({"type": "cryptographic-asset"})
    if by_version[version].is_valid(document):
        status = 1
        print(path, "is valid whatever it says")
sys.exit(status)
EOF2
schemas=$OWNERS/$cyclonedx/res/schema
check "SARIF's schema" "$python" -I "$work/valid.py" sarif \
	"$OWNERS/$sarif/lib/schemas/sarif-2.1.0-rtm.5.json" "$reports"/*.sarif
check "CycloneDX's schemas" "$python" -I "$work/valid.py" cyclonedx "$schemas" \
	"$reports"/*-cyclonedx.json

# ---- CycloneDX in XML -----------------------------------------------------------
for version in 1.6 1.7; do
	xsd=$schemas/bom-$version.SNAPSHOT.xsd
	# shellcheck disable=SC2046 # names without spaces
	check "CycloneDX $version in XML" xmllint --nonet --noout --schema "$xsd" \
		$(grep -l "bom/$version\"" "$reports"/*-cyclonedx-xml.xml)
done 2>"$work/xmllint" || :
grep -v ' validates$' "$work/xmllint" >&2 || :
"$TRUSTDRIFT" check --quiet --root "$root" --now "$outage_time" \
	--exit-zero --format cyclonedx-xml | sed 's/<assetType>[a-z]*/<assetType>x/' \
	>"$work/broken.xml"
xmllint --nonet --noout --schema "$schemas/bom-1.6.SNAPSHOT.xsd" \
	"$work/broken.xml" 2>/dev/null && fail "the XML schema takes anything"

# ---- Prometheus -----------------------------------------------------------------
promtool=$OWNERS/bookworm/prometheus/usr/bin/promtool
for report in "$reports"/*.prom; do
	check "promtool: $report" "$promtool" check metrics <"$report"
done
printf '# TYPE x_total gauge\nx_total 1\n' |
	"$promtool" check metrics >/dev/null 2>&1 && fail "promtool takes anything"

# ---- XCCDF ----------------------------------------------------------------------
for report in "$reports"/*-xccdf.xml; do
	check "oscap: $report" oscap xccdf validate "$report"
	oscap xccdf generate report --output "$work/report.html" "$report" \
		>/dev/null 2>"$work/err"
	is "a report of $report" "$?" 0
	check "which has its rules" grep -q 'rule-result' "$work/report.html"
done
sed 's/<result>fail/<result>failed/' "$reports/full-xccdf.xml" >"$work/broken.xml"
oscap xccdf validate "$work/broken.xml" >/dev/null 2>&1 &&
	fail "oscap takes anything"

# ---- Graphviz -------------------------------------------------------------------
tree=$OWNERS/bookworm/graphviz
dot() {
	LD_LIBRARY_PATH=$tree/usr/lib/$(uname -m)-linux-gnu \
		GVBINDIR=$tree/usr/lib/$(uname -m)-linux-gnu/graphviz \
		"$tree/usr/bin/dot" "$@"
}
dot -c
for report in "$reports"/*.dot; do
	case $report in
	*many*) form=canon ;;	# nobody waits for that to be drawn
	*) form=svg ;;
	esac
	check "dot draws $report" dot "-T$form" "$report" -o "$work/out"
done
finish
