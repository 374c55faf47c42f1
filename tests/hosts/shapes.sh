# shapes.sh -- sourced behind lib.sh: files with the roots a and b in every form
# that may lie in a .NET store, and what trustdrift reads of them.
# shellcheck shell=sh disable=SC2154 # $work and others are of lib.sh
#
#   shapes_make DIR      the files, with a leaf of each root (leaf-a.pem)
#   shapes_read ROOT     scans
#   shapes_of CONDITION  the roots whose entries fulfil it: "a", "b", "ab", "-"
#   shapes_unread        "yes" when verdicts about the store are unsure

shapes_make() {
	mkdir -p "$1"
	(
		cd "$1" || exit 1
		for n in a b; do
			openssl req -x509 -newkey rsa:2048 -noenc -days 20000 \
				-subj "/CN=Root $n" -keyout $n.key -out $n.pem
			openssl req -new -newkey rsa:2048 -noenc \
				-subj "/CN=Leaf $n" -keyout leaf.key -out leaf.csr
			openssl x509 -req -in leaf.csr -CA $n.pem -CAkey $n.key \
				-days 20000 -out leaf-$n.pem
		done
		cat a.pem b.pem >ab.pem
		p12() {
			out=$1 password=$2
			shift 2
			openssl pkcs12 -export -passout "pass:$password" \
				-out "$out.p12" "$@"
		}
		old="-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1"
		# shellcheck disable=SC2086 # words
		{
			p12 a "" $old -nokeys -in a.pem
			p12 ab "" $old -nokeys -in ab.pem
			p12 a-mac-only "" -macalg sha1 -certpbe NONE -nokeys -in a.pem
			p12 a-password "another one" $old -nokeys -in a.pem
			p12 a-changeit changeit $old -nokeys -in a.pem
			p12 a-no-mac "" $old -nomac -nokeys -in a.pem
			p12 a-key "" $old -inkey a.key -in a.pem
			p12 a-key-b "" $old -inkey a.key -in ab.pem
			p12 b-key-a "" $old -inkey b.key -in b.pem -certfile a.pem
		}
		p12 a-pbes2 "" -nokeys -in a.pem
		p12 a-plain "" -certpbe NONE -nomac -nokeys -in a.pem
		openssl x509 -in a.pem -outform DER -out a.der
		openssl x509 -in a.pem -trustout -out a-trusted.pem
		openssl crl2pkcs7 -nocrl -certfile a.pem -out a.p7
		openssl crl2pkcs7 -nocrl -certfile a.pem -outform DER -out a.p7der
	) >"$work/shapes.log" 2>&1 || {
		cat "$work/shapes.log" >&2
		return 1
	}
	shapes_a=$(sha256_of "$1/a.pem") shapes_b=$(sha256_of "$1/b.pem")
}

shapes_read() {
	"$TRUSTDRIFT" --quiet scan --root "$1" --db "$work/shapes.db" ||
		[ $? -eq 4 ]
}

shapes_query() {
	"$TRUSTDRIFT" query --db "$work/shapes.db" --format tsv "$1" | sed 1d
}

shapes_of() {
	found=$(shapes_query "SELECT e.sha256 FROM v_entry e
		WHERE e.kind = 'dotnet-root' AND ($1)" |
		sed "s/$shapes_a/a/; s/$shapes_b/b/" | sort -u | tr -d '\n')
	echo "${found:--}"
}

shapes_unread() {
	case $(shapes_query "SELECT unread FROM v_store
		WHERE kind = 'dotnet-root'") in
	'' | 0) echo - ;;
	*) echo yes ;;
	esac
}
