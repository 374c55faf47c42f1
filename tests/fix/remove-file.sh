#!/bin/sh
# remove-file.sh -- what every script does, shown on files that are deleted:
# options, statuses, backup and rollback, other roots, links.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
store=/home/ann/.dotnet/corefx/cryptography/x509stores/ca
id1=00000000000000000000000000000001
id2=00000000000000000000000000000002
id3=a0000000000000000000000000000003

# two: a root with three entries, and a script that deletes two of them
two() {
	root_new
	mkdir -p "$root$store"
	for name in A B C; do
		echo "entry $name" >"$root$store/$name.pfx"
		chmod 600 "$root$store/$name.pfx"
		touch -d "2021-09-0${#name} 12:34:56.789" "$root$store/$name.pfx"
	done
	chmod 644 "$root$store/B.pfx"
	[ "$(id -u)" != 0 ] || chown 12345:12346 "$root$store/B.pfx"
	finding 1 remove-file "$store/A.pfx" name "A's root"
	finding 2 remove-file "$store/B.pfx"
	make
	before=$(listing)
}

names() { (cd "$root$store" && echo *); }

# ---- the way it is meant -------------------------------------------------------
two
is "steps" "$steps" 2
run --help
is "--help" "$status" 0
run --list
is "--list" "$status" 0
said "--list" "finding $id2"
is "--list changes nothing" "$(listing)" "$before"
run
is "no terminal, no --yes" "$status" 2
said "no terminal, no --yes" 'no terminal to ask on'
is "no terminal, no --yes: nothing" "$(listing)" "$before"
is "no terminal, no --yes: no backup" "$(backups)" 0
run --dry-run
is "--dry-run" "$status" 2
said "--dry-run" '2 would be done'
is "--dry-run: nothing" "$(listing)" "$before"
is "--dry-run: no backup" "$(backups)" 0
run --yes
is "--yes" "$status" 0
is "exactly these two" "$(names)" "C.pfx"
is "one backup" "$(backups)" 1
kept=$(backup)
is "it is nobody else's" "$(stat -c %a "$kept")" 700
ok "its name is a time and a process" expr "${kept##*/}" : \
	'[0-9]\{8\}T[0-9]\{6\}Z-[0-9]*$' >/dev/null
after=$(listing)
run --yes
is "again" "$status" 0
said "again" '2 already done'
is "again nothing" "$(listing)" "$after"
is "again no backup" "$(backups)" 1
run
is "nothing left to ask about" "$status" 0
run --dry-run
is "--dry-run with nothing to do" "$status" 0
run --rollback "$kept"
is "--rollback is asked for too" "$status" 2
is "--rollback is asked for too: nothing" "$(listing)" "$after"
run --yes --dry-run --rollback "$kept"
is "--rollback --dry-run" "$status" 2
is "--rollback --dry-run: nothing" "$(listing)" "$after"
run --yes --rollback "$kept"
is "--rollback" "$status" 0
is "--rollback is bit for bit" "$(listing)" "$before"
run --yes --rollback "${kept##*/}"
is "--rollback again, by name" "$status" 0
is "--rollback again" "$(listing)" "$before"
run --yes
is "and forward again" "$status" 0
is "and forward again" "$(names)" "C.pfx"
run --yes --rollback "$(backup)"
is "and back again" "$(listing)" "$before"

# The script that is kept with the backup undoes it.
run --yes
dash "$(backup)/repair.sh" --yes --rollback "$(backup)" >/dev/null
is "the kept script" "$(listing)" "$before"

# ---- choosing ------------------------------------------------------------------
two
run --yes --only $id2
is "--only" "$status" 0
is "--only" "$(names)" "A.pfx C.pfx"
run --yes --only $id1 --only $id2
is "--only twice" "$status" 0
is "--only twice" "$(names)" "C.pfx"
for wrong in "--only 3" "--only 0000" "--only *" "--only $id1,$id2" "--only" "--root" "--rollback" "--what" "more" \
	"--rollback nowhere"; do
	# shellcheck disable=SC2086 # words
	run --yes $wrong
	is "wrong usage: $wrong" "$status" 64
done
mkdir "$work/empty"
run --yes --rollback "$work/empty"
is "no backup in it" "$status" 64

two
printf 'id %s\nrecipe remove-file\nlocation %s/C.pfx\nrule r\n' $id3 "$store" \
	>>"$work/findings"
make
run --yes --only a0
is "--only, cut short" "$status" 0
is "--only, cut short" "$(names)" "A.pfx B.pfx"

# Two findings about one file share a step.
root_new
mkdir -p "$root$store"
echo entry >"$root$store/A.pfx"
finding 1 remove-file "$store/A.pfx"
finding 2 remove-file "$store/A.pfx"
make
is "one step for both" "$steps" 1
run --yes --only $id2
is "by the second finding" "$status" 0
ok "the file is gone" [ ! -e "$root$store/A.pfx" ]

# ---- targets that are not what was scanned ---------------------------------------
two
echo more >>"$root$store/A.pfx"
changed=$(listing)
run --yes --only $id1
is "changed" "$status" 2
said "changed" 'is not what was scanned'
is "changed: nothing" "$(listing)" "$changed"
run --yes
is "one changed, one not" "$status" 2
is "one changed, one not" "$(names)" "A.pfx C.pfx"
run --yes --rollback "$(backup)"
is "rollback of one" "$(listing)" "$changed"

two
rm "$root$store/A.pfx"
mkdir "$root$store/A.pfx"
run --yes
is "a directory now" "$status" 2
said "a directory now" 'neither a file nor a link'

two
run --yes
echo new >"$root$store/A.pfx"
run --yes --rollback "$(backup)"
is "rollback over something new" "$status" 2
said "rollback over something new" 'has changed since'
is "it stays" "$(cat "$root$store/A.pfx")" new
is "the other is back" "$(names)" "A.pfx B.pfx C.pfx"

# A file that changed between the audit and the making of the script.
two
made=$(($(stat -c %Z "$root$store/A.pfx") - 2))
make
is "changed since the audit" "$steps" 0
ok "and it says so" grep -q 'not fixable here: it has changed since the audit' \
	"$work/fix.sh"
run --yes
is "a script without steps" "$status" 0
made=$((made + 3))
make
is "not changed since the audit" "$steps" 2
made=''

# ---- other roots -----------------------------------------------------------------
two
cp -a "$root" "$work/copy"
run --root "$work/copy" --yes
is "a copy of the root" "$status" 0
is "the root itself is left alone" "$(listing)" "$before"
ok "the copy is repaired" [ ! -e "$work/copy$store/A.pfx" ]
ok "its backup is in it" [ -d "$work/copy/var/lib/trustdrift/backup" ]
rm -rf "$work/copy"
cp -a "$root" "$work/copy"
echo fedcba9876543210fedcba9876543210 >"$work/copy/etc/machine-id"
run --root "$work/copy" --yes
is "another machine" "$status" 2
said "another machine" 'not the root that was scanned'
ok "another machine is left alone" [ -e "$work/copy$store/A.pfx" ]
rm "$work/copy/etc/machine-id"
run --root "$work/copy" --yes
is "no machine-id any more" "$status" 2
run --root "$work/nowhere" --yes
is "no such root" "$status" 1
rm -rf "$work/copy"

root_new
mkdir -p "$root$store"
echo entry >"$root$store/A.pfx"
echo uninitialized >"$root/etc/machine-id"
echo fake >"$root/etc/hostname"
finding 1 remove-file "$store/A.pfx"
make
echo other >"$root/etc/hostname"
run --yes
is "another host name" "$status" 2
said "another host name" '/etc/hostname differs'
echo fake >"$root/etc/hostname"
run --yes
is "the same host name" "$status" 0

rm -f "$root/etc/machine-id" "$root/etc/hostname"
echo entry >"$root$store/A.pfx"
make
run --yes
is "nothing to tell roots apart" "$status" 0

# ---- links -----------------------------------------------------------------------
# Absolute links stay inside the root, and .. does not climb out of it.
root_new
outside=$work/outside
rm -rf "$outside"
mkdir -p "$outside" "$root/real" "$root$outside"
echo precious >"$outside/A.pfx"
echo entry >"$root/real/A.pfx"
ln -s /real "$root/absolute"
ln -s ../../../../../../../../real "$root/home/climbing"
ln -s /home/climbing "$root/twice"
cp -p "$root/real/A.pfx" "$root/real/B.pfx"
cp -p "$root/real/A.pfx" "$root/real/C.pfx"
ln -s /loop "$root/loop"
finding 1 remove-file /absolute/A.pfx
finding 2 remove-file /home/climbing/B.pfx
finding 3 remove-file /twice/C.pfx
make
before=$(listing)
run --yes
is "links inside the root" "$status" 0
is "all three" "$(ls "$root/real")" ""
run --yes --rollback "$(backup)"
is "links inside the root: bit for bit" "$(listing)" "$before"
# In place of a directory there is a link out of the root since.
mv "$root/real" "$root/moved"
ln -s "$outside" "$root/real"
echo entry >"$root$outside/A.pfx"
run --yes --only $id1
is "a link out of the root leads inside" "$status" 0
is "what is outside stays" "$(cat "$outside/A.pfx")" precious
ok "the one inside went" [ ! -e "$root$outside/A.pfx" ]
rm "$root/real"
ln -s /loop "$root/real"
run --yes
is "a circle of links" "$status" 2

# An entry that is a link: the link goes, and comes back as it was.
root_new
mkdir -p "$root$store" "$root/elsewhere"
echo entry >"$root/elsewhere/A"
ln -s /elsewhere/A "$root$store/A.pfx"
finding 1 remove-file "$store/A.pfx"
make
before=$(listing)
run --yes
is "a link" "$status" 0
ok "the link is gone" [ ! -L "$root$store/A.pfx" ]
is "what it led to is not" "$(cat "$root/elsewhere/A")" entry
run --yes --rollback "$(backup)"
is "a link: bit for bit" "$(listing)" "$before"

# A package's file.
two
mkdir -p "$root/var/lib/dpkg/info"
echo "$store/A.pfx" >"$root/var/lib/dpkg/info/dotnet:amd64.list"
run --yes
is "a package's file" "$status" 2
said "a package's file" 'belongs to the package dotnet:amd64'
is "a package's file stays" "$(names)" "A.pfx C.pfx"

# ---- rights ------------------------------------------------------------------------
if [ "$(id -u)" = 0 ]; then
	as_user() {
		setpriv --reuid 12345 --regid 12345 --clear-groups "$@"
	}
	as_user true 2>/dev/null || as_user() { return 125; }
else
	as_user() { "$@"; }
fi
if as_user true; then
	two
	chmod 711 "$work" "$root"
	chmod 644 "$work/fix.sh"
	chmod 000 "$root$store"
	[ "$(id -u)" != 0 ] || chmod 700 "$root/home/ann"
	status=0
	as_user dash "$work/fix.sh" --yes >"$work/out" 2>&1 </dev/null ||
		status=$?
	is "a closed directory" "$status" 2
	said "a closed directory" 'its state cannot be told'
	chmod 755 "$root$store" "$root/home/ann"
	chmod 555 "$root$store" "$root/var/lib"
	status=0
	as_user dash "$work/fix.sh" --yes >"$work/out" 2>&1 </dev/null ||
		status=$?
	is "no right to change it" "$status" 1
	is "no right to change it" "$(names)" "A.pfx B.pfx C.pfx"
	chmod 755 "$root$store" "$root/var/lib"
else
	echo "NOT TESTED: another user (setpriv does not work here)"
fi

# ---- steps that need a decision --------------------------------------------------------
mkdir -p "$work/config/recipes"
sed 's/automatic="yes"/automatic="no"/' "$srcdir/data/recipes/remove-file.xml" \
	>"$work/config/recipes/remove-file.xml"
config=$work/config
two
run --yes
is "--yes is no decision" "$status" 2
said "--yes is no decision" 'it needs a decision'
is "--yes is no decision: nothing" "$(listing)" "$before"
run --yes --only $id1
is "--only is one" "$status" 0
is "--only is one" "$(names)" "B.pfx C.pfx"
config=''

# ---- on a terminal ----------------------------------------------------------------------
if command -v script >/dev/null && script -qec true /dev/null \
	</dev/null >/dev/null 2>&1; then
	two
	status=0
	printf 'n\ny\n' | script -qec "dash '$work/fix.sh'" /dev/null \
		>"$work/out" 2>&1 || status=$?
	is "no, then yes" "$status" 2
	is "no, then yes" "$(names)" "A.pfx C.pfx"
	said "no, then yes" 'not wanted'
else
	echo "NOT TESTED: no script(1) to make a terminal"
fi

# ---- other shells --------------------------------------------------------------------------
for shell in "bash --posix" "busybox sh" "ksh" "yash"; do
	command -v "${shell%% *}" >/dev/null || continue
	two
	status=0
	$shell "$work/fix.sh" --yes >"$work/out" 2>&1 </dev/null || status=$?
	is "$shell" "$status" 0
	is "$shell" "$(names)" "C.pfx"
	$shell "$work/fix.sh" --yes --rollback "$(backup)" >/dev/null 2>&1
	is "$shell: bit for bit" "$(listing)" "$before"
done
finish
