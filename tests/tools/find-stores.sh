#!/bin/sh
# find-stores.sh -- is there a store on this host that the catalogue does not
# know?  Everything below / that by its name and content could be one is looked
# for, and what `show stores` does not have under the same real path is printed.
# To be run by hand, as root, where many things are installed:
#
#   TRUSTDRIFT=build/src/trustdrift sh tests/tools/find-stores.sh [EXCLUDED...]
#
# EXCLUDED are directories that are left out besides these: documentation, tests
# that packages ship, and what holds no store of anybody's (say so below).
: "${TRUSTDRIFT:=trustdrift}"
work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT

"$TRUSTDRIFT" scan --quiet --db "$work/db"
case $? in 0 | 4) ;; *) exit 1 ;; esac
# files, and directories whose files belong to a store
"$TRUSTDRIFT" query --db "$work/db" --format tsv \
	'SELECT DISTINCT real_path FROM v_store UNION
	SELECT path FROM v_store UNION SELECT DISTINCT location FROM v_entry' |
	sed 1d | while IFS= read -r path; do
		readlink -f -- "$path"
	done | sort -u >"$work/known"

set -- /proc /sys /dev /run /tmp /var/tmp /usr/share/doc "$@"
prune=''
for path; do
	prune="$prune -path $path -o"
done
# shellcheck disable=SC2086 # words
find / -xdev \( $prune -name test -o -name tests -o -name testdata -o \
	-name examples \) -prune -o -type f -size +0 \( \
	-name '*.pem' -o -name '*.crt' -o -name '*.cer' -o -name '*.der' -o \
	-name '*.pfx' -o -name '*.p12' -o -name '*.jks' -o -name '*.bks' -o \
	-name '*cacerts*' -o -name 'cert[789].db' -o -name 'libnssckbi.so' -o \
	-name '*.p11-kit' -o -name 'cacerts.bin' -o -name 'cert_override.txt' -o \
	-name ServerCertificate -o -name '*ca-bundle*' -o -name '*.kbx' \) \
	-print >"$work/candidates"

# what holds a certificate: PEM says so, the others begin with their mark
while IFS= read -r path; do
	case $path in
	*/urllib3/dummyserver/certs/*) continue ;;	# of urllib3's own tests
	*/moto/moto_proxy/ca.crt) continue ;;	# its key is beside it: issues
	*/cmake-*/Templates/*) continue ;;	# a key to sign programs with
	*/mercurial/dummycert.pem) continue ;;	# made to be refused
	esac
	if grep -aqE -e '-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----' "$path" ||
		LC_ALL=C head -c 15 "$path" | od -An -tx1 | tr -d ' \n' |
			grep -qE '^(30 ?8[0-4]|feedfeed|cececece|53514c697465|7f454c46|00061561)'; then
		readlink -f -- "$path"
	fi
done <"$work/candidates" | sort -u >"$work/stores"

missing=$(comm -23 "$work/stores" "$work/known" | while IFS= read -r path; do
	grep -qxF -- "${path%/*}" "$work/known" || echo "$path"
done)
echo "$(grep -c . "$work/stores") files could be stores or belong to one"
[ -z "$missing" ] && echo "all of them are known" && exit
printf 'not known:\n%s\n' "$missing"
exit 1
