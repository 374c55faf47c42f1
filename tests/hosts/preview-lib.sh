# preview-lib.sh -- sourced after lib.sh by the tests of previews, which write them to
# $work/preview.json.
# shellcheck shell=sh disable=SC2154 # $work is lib.sh's
#
#   changed		"change name stores" of each certificate that it changes
changed() {
	/usr/bin/python3 -I - "$work/preview.json" <<-'END'
	import json, sys
	for c in json.load(open(sys.argv[1]))["changes"]:
	    print(c["change"], c["certificate"]["name"].replace(" ", "-"),
	        *sorted({s["kind"] for s in c["stores"]}))
	END
}
