#!/bin/sh
# ask-dotnet.sh -- the outage of September 2021 with the real .NET Core 3.1.2
# and OpenSSL 1.1.1w: every cell of tests/hosts/dst-2021.sh, every row of
# tests/hosts/dotnet-shapes.txt, then the whole way: .NET fails, the fix script
# runs, .NET builds.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/dotnet.sh
. "$srcdir/tests/owners/dotnet.sh"
# shellcheck source=tests/hosts/shapes.sh
. "$srcdir/tests/hosts/shapes.sh"

dotnet_ready "$srcdir/tests/owners" || skip "needs .NET Core 3.1 from npm"
fetch_deb bullseye ca-certificates 20210119 ||
	skip "needs ca-certificates 20210119 of Debian 11"
mozilla=$OWNERS/bullseye/ca-certificates/usr/share/ca-certificates/mozilla
rule="stale-cached-intermediate"

# ask NAME SYSTEM TIME: builds or fails, and why, then the thumbprints
ask() {
	dotnet_ask "$work/home-$1" "$work/system-$2" chain "$3" "$good/$leaf" \
		"$good/r3-by-isrg-x1.pem" "$good/isrg-root-x1-by-dst.pem" ||
		[ $? -eq 2 ]
}

# home NAME CERTIFICATE ...: a home whose ca store .NET itself filled
home() {
	mkdir -p "$work/home-$1"
	name=$1
	shift
	for cached in "$@"; do
		dotnet_ask "$work/home-$name" "$work/none" add CA "$good/$cached.pem"
	done
}

# wants NAME SYSTEM TIME ANSWER: what trustdrift's expectations were made of
wants() { is "$1, $2, $3" "$(ask "$1" "$2" "$3" | sed 's/:[^:]*$//')" "$4"; }

through() {
	case $(ask "$1" "$2" "$3") in
	"builds: "*"$(thumbprint "$good/$4.pem")"*) pass ;;
	*) fail "$1, $2, $3 does not build through $4" ;;
	esac
}

cells() {
	mkdir -p "$work/none"
	home both dst-root-ca-x3 r3-by-dst
	home one r3-by-dst
	home nothing
	home crossed isrg-root-x1-by-dst dst-root-ca-x3
	home hidden isrg-root-x1
	for t in 2021-09-20T00:00:00Z 2021-09-25T00:00:00Z; do
		through both before $t r3-by-dst
		wants both after $t "fails: UntrustedRoot"
		through one before $t r3-by-dst
		wants one after $t "fails: PartialChain"
		through nothing before $t r3-by-isrg-x1
		through nothing after $t r3-by-isrg-x1
		through crossed before $t isrg-root-x1
		through crossed after $t isrg-root-x1
	done
	t=2021-09-29T20:00:00Z
	wants both before $t "fails: NotTimeValid"
	wants both after $t "fails: NotTimeValid,UntrustedRoot"
	wants one before $t "fails: NotTimeValid"
	through one after $t r3-by-isrg-x1
	t=2021-10-01T00:00:00Z
	wants both before $t "fails: NotTimeValid"
	wants both after $t "fails: NotTimeValid,UntrustedRoot"
	wants one before $t "fails: NotTimeValid"
	through one after $t r3-by-isrg-x1
	through nothing before $t r3-by-isrg-x1
	through nothing after $t r3-by-isrg-x1
	through crossed after $t isrg-root-x1
	# where only the cross-sign leads on, a cached root hides it
	t=2021-09-20T00:00:00Z
	through nothing crossed $t isrg-root-x1-by-dst
	wants hidden crossed $t "fails: UntrustedRoot"
}

# with certificates of our own, as the quick test has them
systems() {
	for system in before after crossed; do
		mkdir -p "$work/system-$system"
		cp "$@" "$work/system-$system/"
	done
	cp "$good/dst-root-ca-x3.pem" "$work/system-before/"
	cp "$good/dst-root-ca-x3.pem" "$work/system-crossed/"
	cp "$good/isrg-root-x1.pem" "$work/system-before/"
	cp "$good/isrg-root-x1.pem" "$work/system-after/"
}
good=$srcdir/tests/hosts/certificates/dst-2021
leaf=leaf.pem
systems "$srcdir/tests/hosts/certificates/addtrust-2020/usertrust-rsa.pem"
cells

# What .NET lists is what trustdrift reads.
for h in both one crossed; do
	dotnet_ask "$work/home-$h" "$work/none" list CA >"$work/dotnet.list"
	root=$work/list-$h
	host_new "$root"
	rmdir "$root/home/ann"
	cp -a "$work/home-$h" "$root/home/ann"
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/list-$h.db"
	"$TRUSTDRIFT" query --db "$work/list-$h.db" --format tsv \
		"SELECT c.sha1 FROM v_entry e JOIN v_store s ON s.store_id = e.store_id
		JOIN v_certificate c ON c.sha256 = e.sha256 WHERE s.kind = 'dotnet-ca'" |
		sed 1d | tr 'a-f' 'A-F' | sort >"$work/our.list"
	is "the list of $h" "$(cat "$work/our.list")" "$(cat "$work/dotnet.list")"
done

# ---- files of every form -----------------------------------------------------------
# Which of the two roots X509Store lists in STORE, which a chain ends in.
shape_list() {
	listed=$(dotnet_ask "$work/home-shape" "$work/none" list "$1" |
		sed "s/$print_a/a/; s/$print_b/b/" | sort | tr -d '\n')
	echo "${listed:--}"
}
shape_trust() {
	for n in a b; do
		case $(dotnet_ask "$work/home-shape" "$work/none" chain \
			2030-01-01T00:00:00Z "$work/shapes/leaf-$n.pem") in
		builds:*) printf %s $n ;;
		esac
	done
}
shapes_make "$work/shapes"
print_a=$(thumbprint "$work/shapes/a.pem")
print_b=$(thumbprint "$work/shapes/b.pem")
root=$work/shape-host
host_new "$root"
rmdir "$root/home/ann"
ln -s "$root/home/ann" "$work/home-shape"
while read -r file name lists trusts _; do
	case $file in '#'*) continue ;; esac
	rm -rf "$root/home/ann"
	for store in root ca my; do
		mkdir -p "$root/home/ann/$dotnet_store/$store"
		cp "$work/shapes/$file" "$root/home/ann/$dotnet_store/$store/$name"
	done
	for store in Root CA My; do
		is "$file as $name: .NET lists in $store" "$(shape_list $store)" \
			"$lists"
	done
	trusted=$(shape_trust)
	is "$file as $name: .NET trusts" "${trusted:--}" "$trusts"
	# what it lists is read, though it be for nothing
	shapes_read "$root"
	case $(shapes_of 1) in
	*"$lists"*) pass ;;
	*) [ "$lists" = - ] || fail "$file as $name: listed, and not read" ;;
	esac
	is "$file as $name: used" "$(shapes_of "e.role = 'anchor'")" "$trusts"
done <"$srcdir/tests/hosts/dotnet-shapes.txt"

# ---- the outage itself -----------------------------------------------------------
if [ -d "$srcdir/../shared/incidents/dst-2021" ]; then
	good=$srcdir/../shared/incidents/dst-2021
	leaf="leaf-geoip.elastic.dev.pem"
else
	echo "the outage's real certificates are not here: not replayed with them"
fi
replay() {
	root=$work/outage
	rm -rf "$root"
	host_new "$root"
	rmdir "$root/home/ann"
	rm -rf "$work/home-outage"
	if [ -d "$good/dotnet-home" ]; then
		cp -a "$good/dotnet-home" "$root/home/ann"
	else
		home outage dst-root-ca-x3 r3-by-dst
		cp -a "$work/home-outage" "$root/home/ann"
	fi
	chmod -R u+rwX "$root/home/ann"
	host_root_ca "$root" "$mozilla"/*.crt
	[ "$leaf" = leaf-geoip.elastic.dev.pem ] || host_root_ca "$root" \
		"$good/isrg-root-x1.pem"
	host_remove_ca "$root" DST_Root_CA_X3
	# .NET follows links on the host: hand it the directory with files
	rm -rf "$work/system-outage" "$work/home-outage"
	mkdir -p "$work/system-outage"
	cp "$root"/usr/share/ca-certificates/mozilla/*.crt "$work/system-outage/"
	ln -s "$root/home/ann" "$work/home-outage"
	t=2021-09-25T00:00:00Z

	wants outage outage $t "fails: UntrustedRoot"
	audit "$root" --now $t --db "$work/outage.db"
	is "exit status" "$status" 2
	ca=/home/ann/$dotnet_store/ca
	is "exactly the two files" "$(findings $rule high | cut -d ' ' -f 3)" \
		"$(for c in dst-root-ca-x3 r3-by-dst; do
			echo "$ca/$(thumbprint "$good/$c.pem").pfx"
		done | sort)"

	(cd "$root$ca" && sha256sum ./*.pfx) >"$work/sums"
	status=0
	"$TRUSTDRIFT" fix --root "$root" --db "$work/outage.db" --rule $rule \
		-o "$work/fix.sh" || status=$?
	is "a script is written" "$status" 2
	check "the script is clean" shellcheck -S style "$work/fix.sh"
	check "dash reads it" dash -n "$work/fix.sh"
	find "$root" | sort >"$work/before.list"
	sh "$work/fix.sh" --root "$root" --yes >"$work/fix.log" 2>&1 ||
		fail "the script failed: $(cat "$work/fix.log")"
	find "$root" -path "$root/var" -prune -o -print | sort >"$work/after.list"
	is "only these two are gone" \
		"$(comm -23 "$work/before.list" "$work/after.list" | grep -c .)" 2
	is "both of them" "$(ls "$root$ca")" ""

	through outage outage $t r3-by-isrg-x1
	audit "$root" --now $t --db "$work/outage.db"
	is "a rescan is clean" "$(findings $rule)" ""
	sh "$work/fix.sh" --root "$root" --yes >"$work/fix.log" 2>&1 ||
		fail "a second run: $(cat "$work/fix.log")"
	backup=$(find "$root/var/lib/trustdrift/backup" -mindepth 1 -maxdepth 1 | head -n 1)
	sh "$work/fix.sh" --root "$root" --rollback "$backup" --yes \
		>"$work/fix.log" 2>&1 || fail "rollback: $(cat "$work/fix.log")"
	is "rollback restores both" "$(cd "$root$ca" && sha256sum ./*.pfx)" \
		"$(cat "$work/sums")"
	wants outage outage $t "fails: UntrustedRoot"
}
replay
finish
