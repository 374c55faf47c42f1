#!/bin/sh
# every-nth.sh -- the nth allocation, read, write, step of SQLite, fork, fsync and
# so on fails, or a process is killed before its nth system call, while a small host
# is scanned and audited: that is an error or a problem row, the inventory is whole,
# nothing is left behind, and the next run goes on (every_nth.py says what is
# looked at).
#
# One call of half of the kinds is tried.  EVERY=3: three of each; EVERY=stacks: one for each way that leads to
# such a call; EVERY=1: every call, which takes days for allocations.  CASES
# chooses: "program open", "worker", "kill crawl" ...; SEED chooses other calls.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

INJECT=${builddir:=.}/tests/faults/inject.so
[ -e "$INJECT" ] || skip "$INJECT was not built"
nm -D "$INJECT" | grep -q ' T malloc$' || skip "inject.c needs glibc"
[ -x /usr/bin/python3 ] || skip "python3 is missing"
# A sanitizer has an allocator of its own, and wants to be loaded first.
! ldd "$TRUSTDRIFT" | grep -q 'lib[a-z]*san\.so' ||
	skip "built with sanitizers, which replace malloc themselves"
! nm "$TRUSTDRIFT" 2>/dev/null | grep -q __asan_init ||
	skip "built with sanitizers, which replace malloc themselves"
export INJECT TRUSTDRIFT

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem" "$good/dst-root-ca-x3.pem"
host_update "$root"
mkdir -p "$root/home/ann/.pki/nssdb" "$root/usr/lib/jvm/one/lib/security" \
	"$root/srv/app"
cp "$srcdir/tests/readers/nss/key4-good.in" "$root/home/ann/.pki/nssdb/cert9.db"
cp "$srcdir/tests/readers/nss/key4-good.companion" \
	"$root/home/ann/.pki/nssdb/key4.db"
cp "$srcdir/tests/readers/jks/kt17.in" "$root/usr/lib/jvm/one/lib/security/cacerts"
# The inventory that every run begins with has a scan of the host before this:
"$TRUSTDRIFT" scan --root "$root" --db "$work/base.db" --quiet ||
	fail "the first scan"
host_dotnet "$root/home/ann" ca "$good/r3-by-dst.pem" >/dev/null
cp "$good/r3-by-dst.pem" "$root/srv/app/trust.pem"
sleep 3		# times of change younger than that are not relied on

case ${EVERY:-} in
1) sample=all ;;
'') sample=quick ;;
*) sample=$EVERY ;;
esac
# shellcheck disable=SC2086 # words
check "no failure did harm" /usr/bin/python3 -I \
	"$srcdir/tests/faults/every_nth.py" "$work" "$root" "$sample" ${CASES:-}
finish
