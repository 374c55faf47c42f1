#!/bin/sh
# dst-2021.sh [DIRECTORY] -- the outage of September 2021: .NET's store still
# holds an intermediate whose root has left the system store.
#
# The table is what the real .NET Core 3.1.2 answered (OpenSSL 1.1.1w,
# X509Chain.Build without revocation, the server sending r3-by-isrg-x1 and
# isrg-root-x1-by-dst); tests/owners/dst-2021.sh asks it again.  The rule must
# be high exactly where .NET fails.  Runs over certificates of our own and, when
# they are there, over the outage's real ones.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

rule="stale-cached-intermediate"
good=$srcdir/tests/hosts/certificates/dst-2021

# set_up NAME WHAT-IS-CACHED ...
set_up() {
	root=$work/$1
	shift
	host_new "$root"
	host_root_ca "$root" "$good/dst-root-ca-x3.pem" "$good/isrg-root-x1.pem" \
		"$srcdir/tests/hosts/certificates/addtrust-2020/usertrust-rsa.pem"
	host_update "$root"
	for cached in "$@"; do
		host_dotnet "$root/home/ann" ca "$good/$cached.pem" >/dev/null
	done
}

file_of() {
	printf '/home/ann/%s/ca/%s.pfx' "$dotnet_store" "$(thumbprint "$good/$1.pem")"
}

# row CERTIFICATE SEVERITY: a finding as findings() prints it
row() {
	printf '%s %s %s %.16s\n' "$2" "$rule" "$(file_of "$1")" \
		"$(sha256_of "$good/$1.pem")"
}

# cell NAME SYSTEM TIME WANTED: an audit of the root before the update, or after it
# with an inventory that has a scan from before.  Neither changes a root, so each of
# these states is made once.
cell() {
	cell_root=$work/$1
	rm -f "$work/cell.db"
	if [ "$2" = after ]; then
		cell_root=$work/$1.updated
		[ -d "$cell_root" ] || update "$1"
		cp "$work/$1.db" "$work/cell.db"
	fi
	audit "$cell_root" --db "$work/cell.db" --now "$3"
	is "$1, $2, $3" "$(findings $rule | grep -v '^low' || :)" "$4"
}

# update NAME: NAME.updated, and NAME.db in which that is scanned from before
update() {
	cp -a "$work/$1" "$work/$1.updated"
	rm -f "$work/$1.db"
	"$TRUSTDRIFT" scan --root "$work/$1.updated" --db "$work/$1.db" \
		--now 2021-09-19T00:00:00Z || fail "first scan"
	host_remove_ca "$work/$1.updated" dst-root-ca-x3
}

cases() {
	set_up both dst-root-ca-x3 r3-by-dst
	set_up one r3-by-dst
	set_up nothing
	two=$({ row dst-root-ca-x3 high; row r3-by-dst high; } | sort)
	stale=$(row r3-by-dst high)
	for t in 2021-09-20T00:00:00Z 2021-09-25T00:00:00Z; do
		cell both before $t ""
		cell both after $t "$two"
		cell one before $t ""
		cell one after $t "$stale"
		cell nothing before $t ""
		cell nothing after $t ""
	done
	# DST Root CA X3 is still the system's own, so only r3-by-dst is named
	cell both before 2021-09-29T20:00:00Z "$stale"
	cell one before 2021-09-29T20:00:00Z "$stale"
	cell both after 2021-09-29T20:00:00Z "$two"
	cell one after 2021-09-29T20:00:00Z ""
	is "then it is low" "$(findings $rule)" "$(row r3-by-dst low)"
	cell both before 2021-10-01T00:00:00Z "$stale"
	cell one before 2021-10-01T00:00:00Z "$stale"
	cell both after 2021-10-01T00:00:00Z "$two"
	cell one after 2021-10-01T00:00:00Z ""
	cell nothing before 2021-10-01T00:00:00Z ""
	cell nothing after 2021-10-01T00:00:00Z ""
	status=0
	"$TRUSTDRIFT" diff --db "$work/cell.db" >"$work/diff" || status=$?
	is "diff: the stores differ" "$status" 2
	check "diff shows the root leaving" grep -q \
		"$(openssl x509 -in "$good/dst-root-ca-x3.pem" -noout -subject \
			-nameopt multiline | sed -n 's/.*commonName *= //p')" \
		"$work/diff"

	# the second at which it ends
	cell both before 2021-09-29T19:21:39Z ""
	cell both before 2021-09-29T19:21:40Z "$stale"
	cell one after 2021-09-29T19:21:39Z "$stale"
	cell one after 2021-09-29T19:21:40Z ""

	# a store whose root never had a place in the system's list, no history:
	# the root in the same cache is what says that it worked
	root=$work/fresh
	host_new "$root"
	host_root_ca "$root" "$good/isrg-root-x1.pem"
	host_update "$root"
	for cached in dst-root-ca-x3 r3-by-dst; do
		host_dotnet "$root/home/ann" ca "$good/$cached.pem" >/dev/null
	done
	audit "$root" --now 2021-09-25T00:00:00Z
	is "status" "$status" 2
	is "no history" "$(findings $rule)" "$two"
	is "both are all that is high" "$(findings '' high)" "$two"
	path=$(evidence $rule "$(file_of r3-by-dst)" path)
	case $path in
	*"$(sha256_of "$good/dst-root-ca-x3.pem" | cut -c 1-16)"*) pass ;;
	*) fail "the chain to the departed root is no evidence: $path" ;;
	esac

	# the good copy beside it: only the order of the directory decides
	host_dotnet "$root/home/ann" ca "$good/r3-by-isrg-x1.pem" >/dev/null
	audit "$root" --now 2021-09-25T00:00:00Z
	is "with the good copy" "$(findings $rule)" "$two"
	path=$(evidence $rule "$(file_of r3-by-dst)" good-path)
	case $path in
	*"$(sha256_of "$good/r3-by-isrg-x1.pem" | cut -c 1-16)"*) pass ;;
	*) fail "the good path is not shown: $path" ;;
	esac
	# .NET takes the valid one once r3-by-dst has expired, in every order
	audit "$root" --now 2021-09-29T20:00:00Z
	is "expired beside a good copy" "$(findings $rule high)" ""

	# Cross-signs of a root that the system trusts do no harm (asked of .NET:
	# it looks among the trusted roots first) ...
	set_up crossed isrg-root-x1-by-dst dst-root-ca-x3
	cell crossed before 2021-09-25T00:00:00Z ""
	cell crossed after 2021-09-25T00:00:00Z ""
	cell crossed after 2021-10-01T00:00:00Z ""
	# ... but a cached root hides the way that its cross-sign would open
	root=$work/hidden
	host_new "$root"
	host_root_ca "$root" "$good/dst-root-ca-x3.pem"
	host_update "$root"
	for cached in isrg-root-x1 isrg-root-x1-by-dst; do
		host_dotnet "$root/home/ann" ca "$good/$cached.pem" >/dev/null
	done
	audit "$root" --now 2021-09-25T00:00:00Z
	is "a root in the cache" "$(findings $rule high | grep -c .)" 1

	# The same for OpenSSL: an old intermediate that somebody added to the system
	# store defeats the good one that a server sends (asked of OpenSSL 3.0),
	# while GnuTLS and Go end paths at it.
	root=$work/stranded
	host_new "$root"
	host_root_ca "$root" "$good/isrg-root-x1.pem"
	cp "$good/r3-by-dst.pem" "$root/usr/local/share/ca-certificates/r3.crt"
	host_update "$root"
	host_dotnet "$root/home/ann" ca "$good/r3-by-isrg-x1.pem" >/dev/null
	audit "$root" --now 2021-09-25T00:00:00Z
	is "stranded in the system store" "$(findings cross-sign-trap)" \
		"high cross-sign-trap /etc/ssl/certs $(sha256_of \
			"$good/r3-by-isrg-x1.pem" | cut -c 1-16)"
	path=$(evidence cross-sign-trap /etc/ssl/certs path)
	case $path in
	*"$(sha256_of "$good/r3-by-dst.pem" | cut -c 1-16)"*) pass ;;
	*) fail "what lies in the way is no evidence: $path" ;;
	esac
	is "no root, and a dead end for some" \
		"$(findings anchor-not-self-signed | cut -d ' ' -f 1,3 | sort -u)" \
		"$(printf 'medium /etc/ssl/certs/%s\n' ca-certificates.crt \
			"$(openssl x509 -in "$good/r3-by-dst.pem" -noout \
				-subject_hash).0" | sort)"
	rm "$root/usr/local/share/ca-certificates/r3.crt"
	host_update "$root"
	audit "$root" --now 2021-09-25T00:00:00Z
	is "without it" "$(findings cross-sign-trap)" ""

	# 90 days before the cached copy expires it is told that .NET will refuse
	# the good one from then on.
	root=$work/ahead
	host_new "$root"
	host_root_ca "$root" "$good/dst-root-ca-x3.pem" "$good/isrg-root-x1.pem"
	host_update "$root"
	host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
	host_dotnet "$root/root" ca "$good/r3-by-isrg-x1.pem" >/dev/null
	audit "$root" --now 2021-07-01T00:00:00Z
	is "more than 90 days before" "$(findings cross-sign-trap)" ""
	audit "$root" --now 2021-07-02T00:00:00Z
	is "90 days before" "$(findings cross-sign-trap | cut -d ' ' -f 1-3)" \
		"high cross-sign-trap /home/ann/$dotnet_store/ca"
	is "there is another path" "$(findings path-will-break)" ""

	# `my` is searched for issuers as well
	root=$work/my
	host_new "$root"
	host_root_ca "$root" "$good/dst-root-ca-x3.pem" "$good/isrg-root-x1.pem"
	sed -i 's,^\(mozilla/dst\),!\1,' "$root/etc/ca-certificates.conf"
	host_update "$root"
	host_dotnet "$root/home/ann" my "$good/r3-by-dst.pem" >/dev/null
	audit "$root" --now 2021-09-25T00:00:00Z
	is "in my, deselected by a ! line" "$(findings $rule high | grep -c .)" 1
}

cases
if [ -d "$srcdir/../shared/incidents/dst-2021" ]; then
	chmod -R u+rwX "$work" && rm -rf "${work:?}"/* && mkdir -p "$HOME"
	good=$srcdir/../shared/incidents/dst-2021
	cases
else
	echo "the outage's real certificates are not here: not tested with them"
fi
finish
