#!/bin/sh
# crawl.sh -- what lies outside of the catalogue is found by its name or by its
# first bytes, once and with its reader's name; it decides nothing; a second crawl
# lists what changed; and nothing that users make leads anywhere else.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates
isrg=$good/dst-2021/isrg-root-x1.pem
dst=$good/dst-2021/dst-root-ca-x3.pem
root=$work/host
db=$work/crawl.db
outside=$work/outside
mkdir "$outside"
cp "$dst" "$outside/secret.pem"
host_new "$root"
host_root_ca "$root" "$isrg"
host_update "$root"

app=$root/srv/app
mkdir -p "$app/conf" "$app/doc" "$root/srv/links" "$root/home/ann/keys"
cp "$isrg" "$app/conf/trust.pem"
cp "$dst" "$app/conf/authorities"	# a name that says nothing
cp "$dst" "$app/doc/example.html"	# one that says: never
openssl x509 -in "$dst" -outform DER -out "$app/conf/one.weird"
cp "$srcdir/tests/readers/jks/kt17.in" "$root/home/ann/keys/mine"
openssl genrsa -out "$app/conf/key.pem" 2048 2>/dev/null
echo 'nothing of the kind, but long enough to be looked at' >"$app/conf/x.crt"
head -c 400 /dev/zero >>"$app/conf/x.crt"
ln "$root/usr/share/ca-certificates/mozilla/isrg-root-x1.crt" \
	"$app/conf/same-as-the-systems.pem"
ln -s "$outside/secret.pem" "$root/srv/links/secret.pem"
ln -s "$outside" "$root/srv/links/outside"
ln -s . "$root/srv/links/loop"
ln -s ../app/conf/trust.pem "$root/srv/links/again.pem"
mkfifo "$root/srv/links/fifo.pem" "$root/srv/links/fifo"
command -v gcc >/dev/null && host_elf "$app/bin/server" "$dst"

# What is found: format, owner and path; NOTHING about other kinds.
found() {
	"$TRUSTDRIFT" query --db "$db" --format tsv "SELECT format, owner, path
		FROM v_store WHERE kind = 'found' ORDER BY path" | tail -n +2
}
crawl() { # crawl [OPTION...]: the exit status in $status
	status=0
	"$TRUSTDRIFT" scan --verbose --root "$root" --db "$db" \
		--now 2021-09-19T00:00:00Z "$@" >/dev/null 2>"$work/said" ||
		status=$?
}
# directories that were crawled, and names in those that were listed
crawled() {
	sed -n 's/.*crawled \([0-9]*\) directories, \([0-9]*\) names.*/\1 \2/p' \
		"$work/said"
}
tab=$(printf '\t')
line() { printf '%s\t%s\t%s\n' "$@"; }

# Directories younger than two seconds are listed again, whatever their times.
sleep 3
crawl
is "without a crawl nothing" "$(found)" ""
crawl --crawl
is "the status of a crawl" "$status" 0
want=$(
	line jks ann /home/ann/keys/mine
	[ ! -e "$app/bin/server" ] ||
		line elf-certificates '' /srv/app/bin/server
	line pem '' /srv/app/conf/authorities
	line der '' /srv/app/conf/one.weird
	line pem '' /srv/app/conf/trust.pem
)
is "what lies about" "$(found)" "$want"
# shellcheck disable=SC2046 # numbers
set -- $(crawled)
check "many names were seen" [ "$2" -gt 30 ]
all=$1
is "it is nobody's" "$("$TRUSTDRIFT" query --db "$db" --format tsv \
	"SELECT DISTINCT e.role, s.party FROM v_entry e JOIN v_store s
	 ON s.store_id = e.store_id WHERE s.kind = 'found'" | tail -n +2)" \
	"unknown$tab"

crawl --crawl
is "again: the same" "$(found)" "$want"
is "again: no directory is listed" "$(crawled)" "$all 0"
crawl
is "without a crawl it is not forgotten" "$(found)" "$want"
rm -f "$work/other.db"
db=$work/other.db
crawl --crawl /home /srv/app/doc
is "parts of the tree" "$(found)" "$(line jks ann /home/ann/keys/mine)"
crawl --crawl-names
is "by names" "$(found)" "$(line jks ann /home/ann/keys/mine
	line pem '' /srv/app/conf/trust.pem)"
db=$work/crawl.db

# in place, where no directory shows it
cat "$dst" >"$app/conf/trust.pem"
cat "$isrg" >"$app/conf/x.crt"
crawl --crawl
is "written in place: no directory is listed" "$(crawled)" "$all 0"
is "... and the new certificate is seen" "$("$TRUSTDRIFT" query --db "$db" \
	--format tsv "SELECT e.sha256 FROM v_entry e WHERE e.location IN
	('/srv/app/conf/trust.pem', '/srv/app/conf/x.crt')
	ORDER BY e.location" | tail -n +2)" "$(sha256_of "$dst")
$(sha256_of "$isrg")"
# a file of a neutral name that held nothing
echo 'not yet a store, only some lines of text' >"$app/doc/later"
head -c 400 /dev/zero >>"$app/doc/later"
sleep 3
crawl --crawl
cat "$isrg" >"$app/doc/later"
crawl --crawl
is "neutral, in place: not seen" "$(found | grep -c later)" 0
sleep 3
mkdir "$root/srv/other"		# so that there is something to remember
crawl --crawl
crawl --crawl --strict
is "neutral, in place: --strict sees it" "$(found | grep later)" \
	"$(line pem '' /srv/app/doc/later)"
rm "$app/doc/later" "$app/conf/trust.pem" "$app/conf/x.crt"
mkdir "$root/srv/new"
cp "$isrg" "$root/srv/new/roots"
mv "$app/conf" "$root/srv/moved"
rm -rf "$root/home/ann/keys"
crawl --crawl
is "moved, removed and new" "$(found)" "$(
	[ ! -e "$app/bin/server" ] ||
		line elf-certificates '' /srv/app/bin/server
	line pem '' /srv/moved/authorities
	line der '' /srv/moved/one.weird
	line pem '' /srv/new/roots)"
rm -rf "$root/srv/new"
crawl
is "what is gone is gone without a crawl" "$(found | grep -c new)" 0

mv "$root/srv/moved" "$work/away"
crawl
mv "$work/away" "$root/srv/moved"
crawl
is "what comes back is there without a crawl" "$(found | grep -c moved)" 2

# ---- one user's files do not keep others' from being looked at ----
if [ "$(id -u)" = 0 ]; then
	mkdir -p "$root/home/ann/junk"
	cp "$isrg" "$root/srv/known.pem"
	crawl --crawl
	/usr/bin/python3 -I - "$root/home/ann/junk" <<-'END'
	import os, sys
	for n in range(2050):
	    path = "%s/%d.pem" % (sys.argv[1], n)
	    with open(path, "w") as f:
	        f.write("-----BEGIN CERTIFICATE-----\n%0400d\n" % n)
	    os.chown(path, 1000, 1000)
	END
	cp "$isrg" "$root/srv/new.pem"
	crawl --crawl
	is "junk: a limit" "$status $("$TRUSTDRIFT" query --db "$db" --format tsv \
		"SELECT message FROM v_problem WHERE store_id IS NULL
		AND code = 'limit'" | grep -c '^50 files that crawls found')" "4 1"
	is "junk: of root's" "$(found | grep -c '/srv/\(known\|new\)')" 2
	rm -r "$root/home/ann/junk" "$root/srv/known.pem" "$root/srv/new.pem"
fi

# ---- mistakes ----
crawl --crawl /nowhere
is "a directory that is none" "$status" 64
check "... is named" grep -q '/nowhere: cannot be crawled' "$work/said"
crawl --crawl srv
is "not absolute in a root" "$status" 64
crawl srv
is "directories without --crawl" "$status" 64

# ---- as an ordinary user ----
if [ "$(id -u)" != 0 ]; then
	mkdir "$root/srv/closed"
	chmod 0 "$root/srv/closed"
	crawl --crawl
	is "a closed directory: incomplete" "$status" 4
	check "a closed directory is told" grep -q '/srv/closed.*not crawled' \
		<<-END
		$("$TRUSTDRIFT" query --db "$db" --format tsv \
			'SELECT path, message FROM v_problem')
		END
	chmod 700 "$root/srv/closed"
fi

# ---- what a mount hides is there again when it is unmounted, which changes nothing ----
mkdir -p "$root/srv/known/deep" "$root/srv/not-yet/deep"
cp "$isrg" "$root/srv/known/deep/trust.pem"
cp "$isrg" "$root/srv/not-yet/deep/trust.pem"
cat >"$work/mounts.sh" <<'END'
cd "$root" || exit
crawls() {
	"$TRUSTDRIFT" scan --quiet --root "$root" --db "$work/mounts.db" --crawl ||
		echo "status $?"
	"$TRUSTDRIFT" query --db "$work/mounts.db" --format tsv "SELECT path
		FROM v_store WHERE path LIKE '%/deep/%' ORDER BY 1" | tail -n +2
}
mount -t proc none srv/not-yet || exit 77
crawls
mount -t proc none srv/known
: >srv/something-else
sleep 3
crawls
umount srv/not-yet srv/known
crawls
END
sleep 3
export root work TRUSTDRIFT
status=0
unshare -m sh "$work/mounts.sh" >"$work/mounted" 2>&1 || status=$?
if [ "$status" = 0 ]; then
	is "what mounts hide is found when they go" "$(cat "$work/mounted")" \
		"/srv/known/deep/trust.pem
/srv/known/deep/trust.pem
/srv/not-yet/deep/trust.pem"
else
	echo "crawl.sh: NOT TESTED: mounts, which needs root and mount namespaces"
fi

# ---- a report says nothing new of what nobody reads ----
audit "$root" --db "$work/before.db" --now 2021-09-19T00:00:00Z
findings "" >"$work/before"
audit "$root" --db "$work/before.db" --now 2021-09-19T00:00:00Z --crawl
is "no finding is about what nobody is known to read" "$(findings "")" \
	"$(cat "$work/before")"

# ---- too large to be read ------------------------------------------------------------
mkdir "$work/large"
truncate -s 1100M "$work/large/authorities.pem"
status=0
"$TRUSTDRIFT" scan --root "$work/large" --db "$work/large.db" --crawl >/dev/null ||
	status=$?
is "a giant is told" "$status $("$TRUSTDRIFT" query --db "$work/large.db" \
	--format tsv "SELECT path, message FROM v_problem" | sed 1d)" \
	"4 /authorities.pem${tab}not crawled: File too large"
rm -r "$work/large"

# ---- what is no directory of files ----------------------------------------------------
for directory in /proc /proc/1 /sys/kernel; do
	status=0
	"$TRUSTDRIFT" scan --db "$work/none.db" --crawl $directory 2>"$work/said" ||
		status=$?
	is "$directory: $(cat "$work/said")" "$status $(grep -c \
		"$directory: cannot be crawled: an interface of the kernel" \
		"$work/said")" "64 1"
done

# ---- Ctrl-C, at any moment -----------------------------------------------------------
# Ends the program, or makes the scan incomplete and says so, as its status does.
is "nothing is as if it had not been" "$(
	/usr/bin/python3 -I - "$TRUSTDRIFT" "$root" "$work/stopped.db" <<-'END'
	import os, signal, subprocess, sys, time
	program, root, db = sys.argv[1:]
	def begin():
	    if os.path.exists(db):
	        os.unlink(db)
	    return time.monotonic(), subprocess.Popen(
	        (program, "scan", "--root", root, "--db", db, "--crawl"),
	        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
	        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
	started, scan = begin()
	scan.communicate()
	whole = time.monotonic() - started
	for k in range(20):
	    started, scan = begin()
	    time.sleep(k * whole / 20)
	    # What is stopped has not ended.
	    os.kill(scan.pid, signal.SIGSTOP)
	    state = os.waitid(os.P_PID, scan.pid,
	                      os.WSTOPPED | os.WEXITED | os.WNOWAIT)
	    sent = state.si_code == os.CLD_STOPPED
	    if sent:
	        os.kill(scan.pid, signal.SIGINT)
	        os.kill(scan.pid, signal.SIGCONT)
	    _, said = scan.communicate()
	    if sent and scan.returncode not in (-signal.SIGINT, 4):
	        print(k, scan.returncode, said)
	END
)" ""
finish
