#!/bin/sh
# check.sh -- `check` gives the verdict of `audit` and writes nothing anywhere:
# with a history and without, on a directory that cannot be written, and beside
# a history that cannot be read.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem" "$good/dst-root-ca-x3.pem"
host_update "$root"
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
mkdir "$work/db"

listing() {
	find "$work/host" "$work/db" "$work/state" "$HOME" \
		-printf '%p %y %m %s %T@ %C@ %l\n' 2>/dev/null | sort
}
same_verdict() { # same_verdict WHAT [ARGS]: check against audit, on a copy
	what=$1
	shift
	before=$(listing)
	check_status=0
	"$TRUSTDRIFT" check --root "$root" --format json \
		--now 2021-09-25T00:00:00Z --db "$work/db/inventory.db" "$@" \
		>"$work/check.json" || check_status=$?
	is "$what: nothing was written" "$(listing)" "$before"
	[ ! -e "$work/db/inventory.db" ] ||
		cp "$work/db/inventory.db" "$work/copy.db"
	audit_status=0
	"$TRUSTDRIFT" audit --root "$root" --format json \
		--now 2021-09-25T00:00:00Z --db "$work/copy.db" "$@" \
		>"$work/audit.json" || audit_status=$?
	is "$what: the same status" "$check_status" "$audit_status"
	is "$what: the same report but for the scan" \
		"$(sed 's/"scan": *null/"scan":N/' "$work/check.json")" \
		"$(sed 's/"scan": *[0-9][0-9]*/"scan":N/' "$work/audit.json")"
	rm -f "$work/copy.db"
}

same_verdict "without a history"
is "found something" "$check_status" 0
"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/db/inventory.db" \
	--now 2021-09-19T00:00:00Z
host_remove_ca "$root" dst-root-ca-x3
same_verdict "with a history"
is "the cached intermediate" "$check_status" 2
check "history was used" grep -q stale-cached-intermediate "$work/check.json"

# places that cannot be written, as on a read-only file system
chmod 555 "$work/db" "$root" "$root/home/ann"
same_verdict "read-only"
chmod 755 "$work/db" "$root" "$root/home/ann"

# a history that is not one: said, and left alone
echo "this is no database, but it is longer than nothing" >"$work/db/inventory.db"
sum=$(cksum <"$work/db/inventory.db")
status=0
"$TRUSTDRIFT" check --root "$root" --db "$work/db/inventory.db" \
	--now 2021-09-25T00:00:00Z >"$work/out" 2>"$work/errors" || status=$?
is "a foreign file: as it was" "$(cksum <"$work/db/inventory.db")" "$sum"
status=0
"$TRUSTDRIFT" audit --root "$root" --db "$work/db/inventory.db" \
	>"$work/out" 2>"$work/errors" || status=$?
is "audit refuses it" "$status" 1
is "and leaves it alone" "$(cksum <"$work/db/inventory.db")" "$sum"
finish
