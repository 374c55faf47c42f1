#!/bin/sh
# layouts.sh -- one small root for each folder of tests/hosts/layouts, in the
# shape that a distribution gives its stores; the stores and relying parties
# that are found there are those of the files stores.want and parties.want, and
# what an audit says at medium or above, or cannot decide, is in findings.want.
# TRUSTDRIFT_UPDATE_WANT=1 writes them anew, to be read before they are kept.
#
# A folder's file `tree` has a line for each thing to make; certificates are
# those of tests/hosts/certificates, by their names:
#
#   file PATH [WORDS]         a file with these words, or empty
#   link PATH TARGET          a symbolic link
#   pem PATH CERTIFICATE...   a bundle
#   der PATH CERTIFICATE      one in DER
#   trusted PATH CERTIFICATE  one with OpenSSL's words of trust, for servers
#   hash DIR CERTIFICATE TARGET   the link that openssl rehash makes
#   copy PATH FIXTURE         a file of tests/readers
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
command -v openssl >/dev/null || skip "openssl is missing"

certificate() {
	for c in "$srcdir"/tests/hosts/certificates/*/"$1.pem"; do
		[ -e "$c" ] && echo "$c" && return
	done
	echo "no certificate is called $1" >&2
}

# plant ROOT: what the lines of standard input say
plant() {
	while read -r what path rest; do
		case $what in
		'#'* | '') continue ;;
		esac
		mkdir -p "$1${path%/*}"
		case $what in
		file) printf '%s' "${rest:+$rest
}" >"$1$path" ;;
		link) ln -s "$rest" "$1$path" ;;
		pem)
			for c in $rest; do cat "$(certificate "$c")"; done \
				>"$1$path" ;;
		der) openssl x509 -in "$(certificate "$rest")" -outform DER \
			-out "$1$path" ;;
		trusted) openssl x509 -in "$(certificate "$rest")" -trustout \
			-addtrust serverAuth -out "$1$path" ;;
		hash)
			c=$(openssl x509 -in "$(certificate "${rest%% *}")" \
				-noout -subject_hash)
			mkdir -p "$1$path"
			ln -s "${rest#* }" "$1$path/$c.0" ;;
		copy) cp "$srcdir/tests/readers/$rest" "$1$path" ;;
		*) fail "tree: no such word: $what" ;;
		esac
	done
}

# compare WHAT GOT WANT
compare() {
	if [ "${TRUSTDRIFT_UPDATE_WANT-}" = 1 ]; then
		cp "$2" "$3"
	elif diff -u "$3" "$2"; then
		pass
	else
		fail "$1: not what is wanted"
	fi
}

grave() { # the findings that matter, of the last report
	/usr/bin/python3 -I - "$work/report.json" <<-'END'
	import json, sys
	for f in json.load(open(sys.argv[1]))["findings"]:
	    if f["severity"] not in ("low", "info") or f["status"] == "unknown":
	        store = f["store"] or {}
	        print(f["severity"], f["status"], f["rule"], store.get("path"))
	        about = [f] + (f.get("certificates") or [])
	        for m in about[1:] or about:
	            print("\t" + (m.get("message") or "-"))
	END
}

seen=0
for folder in "$srcdir"/tests/hosts/layouts/*/; do
	name=$(basename "$folder")
	root=$work/$name
	mkdir "$root"
	plant "$root" <"$folder/tree"
	audit "$root" --quiet --db "$work/$name.db" --exit-zero \
		--now 2020-01-01T00:00:00Z
	grave >"$work/findings"
	compare "$name: findings" "$work/findings" "$folder/findings.want"
	for what in stores parties; do
		"$TRUSTDRIFT" show "$what" --db "$work/$name.db" --format tsv \
			>"$work/$what"
		compare "$name: $what" "$work/$what" "$folder/$what.want"
	done
	is "$name: what could not be read" "$("$TRUSTDRIFT" query --format tsv \
		--db "$work/$name.db" "SELECT path, message FROM v_problem
		WHERE skipped = 0" | sed 1d)" ""
	is "$name: status" "$status" 0
	seen=$((seen + 1))
done
check "there were layouts" test "$seen" -ge 7
finish
