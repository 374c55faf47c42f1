# upgrade-lib.sh -- sourced after lib.sh and preview-lib.sh by the tests of what packages
# would change: the certificates, what a preview and an audit say, and what is refused.
# The tests set $one, a root.
# shellcheck shell=sh disable=SC2034,SC2154 # they use what is set here
"$TRUSTDRIFT" --version | grep -q '^without libarchive' && {
	error=$("$TRUSTDRIFT" preview --root / "$work/none.deb" 2>&1)
	is "without libarchive" "$?" 1
	printf '%s\n' "$error"
	skip "this build has no libarchive"
}

good=$srcdir/tests/hosts/certificates/dst-2021
crossed=$srcdir/tests/hosts/certificates/addtrust-2020
old=dst-root-ca-x3
now=2021-09-25T00:00:00Z
TMPDIR=$work/tmp
export TMPDIR
mkdir "$TMPDIR"

preview() {
	preview_root=$1
	shift
	status=0
	"$TRUSTDRIFT" preview --root "$preview_root" --now "$now" \
		--format json "$@" >"$work/preview.json" 2>"$work/errors" ||
		status=$?
}

# places: "change name location" of each certificate that it changes; moves: "from to"
# of each store
places() {
	/usr/bin/python3 -I - "$work/preview.json" <<-'END'
	import json, sys
	for c in json.load(open(sys.argv[1]))["changes"]:
	    for s in sorted(s["location"] for s in c["stores"]):
	        print(c["change"], c["certificate"]["name"].replace(" ", "-"), s)
	END
}
moves() {
	/usr/bin/python3 -I - "$work/preview.json" <<-'END'
	import json, sys
	for m in json.load(open(sys.argv[1]))["moves"]:
	    print(m["from"], m["to"])
	END
}

# keys KEY: "rule location" of the findings of a key of the preview
keys() {
	/usr/bin/python3 -I - "$work/preview.json" "$1" <<-'END'
	import json, sys
	for f in json.load(open(sys.argv[1]))[sys.argv[2]]:
	    for m in f["certificates"] or [f["entry"]]:
	        print(f["rule"], m["location"])
	END
}
# what is found after the change, by the preview and by an audit
after() {
	/usr/bin/python3 -I - "$work/before.json" "$work/preview.json" \
		"$work/real.json" <<-'END'
	import json, sys
	before, preview, real = (json.load(open(n)) for n in sys.argv[1:])
	found = {f["id"]: f for f in before["findings"]}
	for f in preview["disappear"]:
	    found.pop(f["id"])
	for f in preview["appear"]:
	    found[f["id"]] = f
	for f in preview["differ"]:
	    found[f["after"]["id"]] = f["after"]
	def rows(findings):
	    return sorted(" ".join([f["id"], f["severity"], f["status"], f["rule"],
	        f["message"], *[m["sha256"] for m in f["certificates"]]])
	        for f in findings)
	got, wanted = rows(found.values()), rows(real["findings"])
	for line in got:
	    if line not in wanted: print("previewed only:", line)
	for line in wanted:
	    if line not in got: print("real only:", line)
	END
}
# same WHAT ROOT CHANGED-ROOT PACKAGE ...
same() {
	what=$1 same_root=$2 changed_root=$3
	shift 3
	rm -f "$work/same.db"
	"$TRUSTDRIFT" audit --root "$same_root" --now "$now" --format json \
		--exit-zero --db "$work/same.db" >"$work/before.json"
	preview "$same_root" "$@"
	[ ! -s "$work/errors" ] || cat "$work/errors"
	mv "$same_root" "$same_root.away"
	mv "$changed_root" "$same_root"
	"$TRUSTDRIFT" audit --root "$same_root" --now "$now" --format json \
		--exit-zero --db "$work/same.db" >"$work/real.json"
	mv "$same_root" "$changed_root"
	mv "$same_root.away" "$same_root"
	is "$what" "$(after)" ""
	is "$what: the status" "$status" 2
}

# refused WHAT WORDS FILE
refused() {
	preview "$one" "$3"
	is "$1: status" "$status" 1
	check "$1: $(cat "$work/errors")" grep -q "$2" "$work/errors"
	is "$1: nothing on standard output" "$(cat "$work/preview.json")" ""
}
