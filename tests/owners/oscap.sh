# oscap.sh -- sourced by tests that ask OpenSCAP: oscap ARGUMENT ..., of Debian 12.
# shellcheck shell=sh
fetch_tree bookworm oscap openscap-scanner || skip "oscap"

oscap() {
	oscap_tree=$OWNERS/bookworm/oscap
	LD_LIBRARY_PATH=$oscap_tree/usr/lib:$oscap_tree/usr/lib/$(uname -m)-linux-gnu \
		OSCAP_SCHEMA_PATH=$oscap_tree/usr/share/openscap/schemas \
		OSCAP_XSLT_PATH=$oscap_tree/usr/share/openscap/xsl \
		OSCAP_CPE_PATH=$oscap_tree/usr/share/openscap/cpe \
		"$oscap_tree/usr/bin/oscap" "$@"
}
