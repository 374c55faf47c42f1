#!/bin/sh
# other-owner.sh -- root runs a script over what belongs to a user, who puts links
# and other directories in the way: nothing outside is read as a store, written or
# removed, and no program of a store runs as root.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
# shellcheck source=tests/fix/interrupt-lib.sh
. "$srcdir/tests/fix/interrupt-lib.sh"
# shellcheck source=tests/java.sh
. "$srcdir/tests/java.sh"
[ "$(id -u)" -eq 0 ] || skip "needs root, and a user beside"
user=12345
setpriv --reuid $user --regid $user --clear-groups true 2>/dev/null ||
	skip "cannot become another user"

home=$root/home/ann
victim=$work/victim
# what the user would have changed, and what that is now
outside() {
	rm -rf "$victim"
	mkdir "$victim"
	echo precious >"$victim/passwd"
	chmod 600 "$victim/passwd"
	ln -s nowhere "$victim/a.0"
	was=$(outside_is)
}
outside_is() { (cd "$victim" && stat -c '%N %F %a %u %g %Y' -- * && cat passwd); }
untouched() { # untouched WHAT
	is "$1: what lies outside" "$(outside_is)" "$was"
}
# his: all that is in his home is his
his() {
	chown -hR $user:$user "$home"
	chmod 711 "$work" "$root"
}
# his_list: a list of his, one certificate of which is to go
his_list() {
	root_new
	mkdir -p "$home"
	pem root cross >"$home/roots.pem"
	finding 1 pem-remove /home/ann/roots.pem sha256 "$(sha256_of root)"
	his
}

# Runs the script; before the command that is, in the function, as given the user
# has his way once.
cat >"$work/meanwhile" <<'END'
set -T
test_pid=$BASHPID test_function=$1 test_command=$2 test_swap=$3
shift 3
test_done=
trap '[ $BASHPID != $test_pid ] || [ -n "$test_done" ] ||
	[ "${FUNCNAME[0]-}" != "$test_function" ] ||
	case $BASH_COMMAND in
	$test_command)
		test_done=yes
		setpriv --reuid 12345 --regid 12345 --clear-groups \
			sh "$test_swap"
		: >"$test_swap.done" ;;
	esac' DEBUG
. "$@"
END
chmod 644 "$work/meanwhile"
meanwhile_run() { # meanwhile_run FUNCTION COMMAND [ARGUMENT...]: $work/swap is done
	function=$1 command=$2
	shift 2
	rm -f "$work/swap.done"
	chmod 644 "$work/swap"
	status=0
	bash "$work/meanwhile" "$function" "$command" "$work/swap" \
		"$work/fix.sh" --yes "$@" >"$work/out" 2>&1 </dev/null ||
		status=$?
	ok "the user had his way in $function" [ -e "$work/swap.done" ]
}

# ---- directories ---------------------------------------------------------------
hash_directory() {
	root_new
	h=$home/certs
	mkdir -p "$h"
	for name in root cross other; do pem $name >"$h/$name.pem"; done
	openssl rehash "$h"
	finding 1 hash-directory-remove /home/ann/certs/root.pem \
		sha256 "$(sha256_of root)"
}
if command -v openssl >/dev/null; then
	# A name with a line end, which reads as two.
	outside
	hash_directory
	odd=$h/d$(printf '\n.')
	odd=${odd%.}
	mkdir -p "$odd$victim"
	ln -s x "$odd$victim/passwd"
	ln -s x "$odd"/-rf
	his
	make
	run --yes
	is "odd names: status" "$status" 0
	run --yes --rollback "$(backup)"
	is "odd names: rollback" "$status" 0
	untouched "odd names"
	ok "odd names: they stay" [ -L "$odd$victim/passwd" ]

	# A run was killed, and a directory below became a link meanwhile.
	hash_directory
	mkdir "$h/sub" "$h/empty"
	echo evil >"$h/sub/passwd"
	his
	make
	before=$(listing)
	WITHIN=link_again
	export WITHIN
	bash "$work/killer" 3 "$work/fix.sh" --yes >/dev/null 2>&1 </dev/null
	unset WITHIN
	ok "it was killed on the way" grep -q '^?' "$(backup)/changes"
	rm -r "$h/sub" "$h/empty"
	ln -s "$victim" "$h/sub"
	run --yes --rollback "$(backup)"
	is "a link below: rollback" "$status" 0
	untouched "a link below"
	is "a link below: bit for bit" "$(listing)" "$before"
	ok "an empty directory, too" [ -d "$h/empty" ]
	is "and they are his" "$(stat -c '%u:%g %a' "$h/sub" "$h/empty")" \
		"$user:$user 755
$user:$user 755"

	# The directory itself becomes a link, before it is removed from.
	hash_directory
	cp "$h/root.pem" "$h/passwd"
	his
	make
	cat >"$work/swap" <<-END
		mv "$h" "$h.mine" && ln -s "$victim" "$h"
	END
	# shellcheck disable=SC2016 # as bash has it
	meanwhile_run hash_directory_remove_act 'before=*'
	is "the directory is swapped: status" "$status" 1
	untouched "the directory is swapped"
	hash_directory
	his
	make
	meanwhile_run hashed_copy 'openssl rehash *'
	is "the directory is swapped later: status" "$status" 1
	untouched "the directory is swapped later"
else
	echo "SKIPPED, NOT TESTED: openssl is missing: directories"
fi

# ---- files ---------------------------------------------------------------------
for recipe in pem-add pem-remove; do
	root_new
	file=$home/roots.pem
	mkdir -p "$home" "$local"
	{
		echo 'evil::0:0::/:/bin/sh'
		pem root cross
	} >"$file"
	his
	pem other >"$local/other.crt"
	if [ $recipe = pem-add ]; then
		finding 1 pem-add '' store_path /home/ann/roots.pem \
			sha256 "$(sha256_of other)"
	else
		finding 1 pem-remove /home/ann/roots.pem \
			sha256 "$(sha256_of root)"
	fi
	make
	cat >"$work/swap" <<-END
		mv "$file" "$file.mine" && ln -s "$victim/passwd" "$file"
	END
	# shellcheck disable=SC2016 # as bash has it
	meanwhile_run take_copy 'cp -a -- "$name"*' \
		--only 00000000000000000000000000000001
	is "$recipe, a link: status" "$status" 1
	said "$recipe, a link" 'could not be copied: it is left as it was$'
	untouched "$recipe, a link"
	rm "$file"
	mv "$file.mine" "$file"
	printf 'rm "%s" && mkfifo "%s"\n' "$file" "$file" >"$work/swap"
	# shellcheck disable=SC2016 # as bash has it
	meanwhile_run take_copy 'cp -a -- "$name"*' \
		--only 00000000000000000000000000000001
	is "$recipe, a pipe: status" "$status" 1
done

# The directory becomes a link to one of root's inside the root, after the file was
# copied and before the new one takes its place.
his_list
mkdir -p "$home/lists" "$root/etc/pki"
mv "$home/roots.pem" "$home/lists/"
pem other >"$root/etc/pki/roots.pem"
: >"$work/findings"
finding 1 pem-remove /home/ann/lists/roots.pem sha256 "$(sha256_of root)"
his
make
before=$(stat -c '%a %u %Y' "$root/etc/pki/roots.pem" &&
	sha256sum "$root/etc/pki/roots.pem")
# shellcheck disable=SC2016 # as bash has it
for command in 'enter "$2"*' 'look_at "$1"*'; do
	rm -rf "$home/lists.mine"
	cat >"$work/swap" <<-END
		mv "$home/lists" "$home/lists.mine" &&
			ln -s /etc/pki "$home/lists"
	END
	meanwhile_run put "$command"
	is "the directory is swapped before $command: status" "$status" 1
	said "the directory is swapped" 'can be changed by somebody'
	is "the directory is swapped before $command" "$(
		stat -c '%a %u %Y' "$root/etc/pki/roots.pem" &&
			sha256sum "$root/etc/pki/roots.pem")" "$before"
	rm "$home/lists"
	mv "$home/lists.mine" "$home/lists"
done

# A cp that gives away by name what it has copied, when the user has put something
# else there: it copies to where the user cannot come.
his_list
make
cat >"$work/other-cp" <<END
cp() {
	command cp "\$@" || return
	case "\$*" in *./new*) ;; *) return 0 ;; esac
	setpriv --reuid $user --regid $user --clear-groups sh -c 'rm -rf new &&
		ln -s "$victim/passwd" new; cd .. && mv .trustdrift-new home2 &&
		mkdir .trustdrift-new && ln -s "$victim/passwd" .trustdrift-new/new' \
		2>/dev/null
	: >"$work/tried"
	chown $user ./new
	chmod 644 ./new
}
. "\$@"
END
rm -f "$work/tried"
bash "$work/other-cp" "$work/fix.sh" --yes >"$work/out" 2>&1 </dev/null || :
ok "another cp: the user tried" [ -e "$work/tried" ]
ok "another cp: and moved what was his to move" [ -d "$home/home2" ]
untouched "another cp"
rm -rf "$home/home2" "$home/.trustdrift-new"

# And one that opens what it has not looked at.
his_list
before=$(listing)
cat >"$work/other-cp" <<'END'
cp() {
	case $1 in --version) echo "BusyBox v1.35.0" ;; *) command cp "$@" ;; esac
}
. "$@"
END
make
for owner in $user 0; do
	chown "$owner" "$home"
	status=0
	bash "$work/other-cp" "$work/fix.sh" --yes >"$work/out" 2>&1 \
		</dev/null || status=$?
	if [ "$owner" = 0 ]; then
		is "not GNU's cp, a directory of root: status" "$status" 0
	else
		is "not GNU's cp: status" "$status" 1
		said "not GNU's cp" 'only GNU cp copies from there safely'
		is "not GNU's cp: nothing is changed" "$(listing)" "$before"
	fi
done

# A tree of root's where a user can put another in its place.
root_new
mkdir "$root/a" "$work/anns"
echo x >"$root/a/1"
finding 1 remove-file /a/1
make
cp -a "$root" "$work/anns/host"
chown $user "$work/anns"
run --yes --root "$work/anns/host"
is "below a user's directory: status" "$status" 2
said "below a user's directory" 'or a directory above it belongs to another user'
ok "below a user's directory: it stays" [ -e "$work/anns/host/a/1" ]
chown 0 "$work/anns"
chmod 1777 "$work/anns"
run --yes --root "$work/anns/host"
is "below a directory as /tmp: status" "$status" 0

# A tree that is somebody else's as a whole, and one whose place for backups is.
for path in . var/lib; do
	root_new
	mkdir "$root/a"
	echo x >"$root/a/1"
	finding 1 remove-file /a/1
	make
	chown $user "$root/$path"
	before=$(listing)
	run --yes
	is "$path of a user: status" "$status" 2
	is "$path of a user: nothing is changed" "$(listing)" "$before"
	chown 0 "$root/$path"
	chmod 777 "$root/$path"
	run --yes
	is "$path for all: status" "$status" 2
	chmod 755 "$root/$path"
	run --yes
	is "$path of root: status" "$status" 0
	kept=$(backup)
	chown $user "$kept"
	run --yes --rollback "$kept"
	is "$path, a backup of a user: status" "$status" 64
	chown 0 "$kept"
	run --yes --rollback "$kept"
	is "$path, a backup of root: status" "$status" 0
done

# A pipe with the mode of what runs as root, where a file is to be kept.
his_list
make
printf 'rm "%s" && mkfifo -m 4755 "%s"\n' "$home/roots.pem" "$home/roots.pem" \
	>"$work/swap"
# shellcheck disable=SC2016 # as bash has it
meanwhile_run keep 'kept=*'
is "a pipe is not kept: status" "$status" 1
said "a pipe is not kept" 'could not be kept'

# ---- programs that read what users wrote ------------------------------------------
# What root would write to lies in the private directory as links to elsewhere, and
# the directory is for all.
cat >"$work/planter" <<'END'
set -T
test_pid=$BASHPID test_victim=$1 test_work=$2
shift 2
mktemp() { command mktemp -d "$test_work/temporary/XXXXXX"; }
test_plant() {
	local file
	setpriv --reuid 12345 --regid 12345 --clear-groups \
		chmod 777 "$work/job" 2>/dev/null
	for file in wanted.pem root.der add.pem handed.pem; do
		[ -L "$work/job/$file" ] || setpriv --reuid 12345 --regid 12345 \
			--clear-groups ln -s "$test_victim" \
			"$work/job/$file" 2>/dev/null && : >"$test_work/planted"
	done
	[ -d "$work/job/sub" ] || setpriv --reuid 12345 --regid 12345 \
		--clear-groups sh -c 'cd "$1" && mkdir sub sub/deep && : >..x &&
			: >sub/deep/x' sh "$work/job" 2>/dev/null
}
trap '[ $BASHPID != $test_pid ] || [ -z "${work-}" ] || [ ! -d "$work/job" ] ||
	[ "${FUNCNAME[0]-}" != hand_over ] || test_plant' DEBUG
. "$@"
END
chmod 711 "$work/temporary"
planted_run() { # planted_run WHAT
	rm -rf "$work/planted" "$work/temporary"/*
	status=0
	bash "$work/planter" "$victim/passwd" "$work" "$work/fix.sh" --yes \
		--only 00000000000000000000000000000001 \
		>"$work/out" 2>&1 </dev/null || status=$?
	ok "$1: links were planted" [ -e "$work/planted" ]
	untouched "$1"
	is "$1: nothing is left" "$(ls -A "$work/temporary")" ""
}
as_root() { # as_root WHAT: without a setpriv
	cat >"$work/no-setpriv" <<-'END'
		setpriv() { return 1; }
		setsid() { echo "root: $*" >&2; return 1; }
		. "$@"
	END
	before=$(listing)
	status=0
	bash "$work/no-setpriv" "$work/fix.sh" --yes \
		--only 00000000000000000000000000000001 \
		>"$work/out" 2>&1 </dev/null || status=$?
	is "$1 without setpriv: status" "$status" 2
	said "$1 without setpriv" 'no setpriv (util-linux) is here'
	is "$1 without setpriv: nothing is changed" "$(listing)" "$before"
}
if command -v certutil >/dev/null; then
	root_new
	db=$home/.pki/nssdb
	mkdir -p "$db" "$local"
	certutil -N -d "sql:$db" --empty-password
	pem other >"$local/other.crt"
	his
	finding 1 nss-add '' store_path /home/ann/.pki/nssdb/cert9.db \
		sha256 "$(sha256_of other)"
	make
	as_root nss-add
	planted_run nss-add
	# what the planted links are is no database
	said "nss-add, planted" 'something else than files came out'
	# What a library would have that the owner has certutil load.
	mkdir "$work/tools"
	cat >"$work/tools/certutil" <<-END
		#!/bin/sh
		{
			id -u && id -G
			for fd in /proc/\$\$/fd/*; do readlink "\$fd"; done
		} >>"$work/who"
		env >>"$work/environment"
		exec $(command -v certutil) "\$@"
	END
	chmod 755 "$work/tools" "$work/tools/certutil"
	: >"$work/who"
	: >"$work/environment"
	chmod 666 "$work/who" "$work/environment"
	sed "s|^PATH=|PATH=$work/tools:|" "$work/fix.sh" >"$work/narrow.sh"
	# Its owner stops it, and does not let it go on.
	printf '#!/bin/sh\n: >"%s/stopped"\nkill -STOP $$\n' "$work" \
		>"$work/tools/certutil.stop"
	chmod 711 "$work"
	chmod 777 "$work/tools"
	mv "$work/tools/certutil" "$work/tools/certutil.go"
	mv "$work/tools/certutil.stop" "$work/tools/certutil"
	chmod 755 "$work/tools/certutil"
	: >"$work/stopped"
	chmod 666 "$work/stopped"
	sed 's|^owner_seconds=.*|owner_seconds=1|' "$work/narrow.sh" \
		>"$work/stopped.sh"
	timeout -s KILL 120 dash "$work/stopped.sh" --yes >"$work/out" 2>&1 </dev/null
	is "nss-add, stopped: status" "$?" 2
	said "nss-add, stopped" 'certutil cannot list it'
	mv "$work/tools/certutil.go" "$work/tools/certutil"
	A_SECRET=1 dash "$work/narrow.sh" --yes >"$work/out" 2>&1 </dev/null
	is "nss-add: status" "$?" 0
	is "nss-add: as whom" "$(grep -E '^[0-9]*$' "$work/who" | sort -u)" \
		"$user
65534"
	ok "nss-add: with nothing of root's" [ "$(grep -Ecv \
		'^[0-9]*$|^/dev/null$|/messages$|/said$|/who$|/tools/certutil$|^pipe:' \
		"$work/who")" = 0 ]
	ok "nss-add: and no variable" [ "$(grep -c SECRET "$work/environment")" = 0 ]
	is "nss-add: it is his" "$(stat -c %u "$db/cert9.db")" $user
else
	echo "SKIPPED, NOT TESTED: certutil is missing: NSS"
fi
if command -v keytool >/dev/null; then
	root_new
	mkdir -p "$home" "$local"
	java_keytool -importcert -noprompt -storetype JKS -alias one \
		-storepass changeit -file "$certificates/root.der" \
		-keystore "$home/store" >/dev/null 2>&1 || fail keytool
	pem other >"$local/other.crt"
	his
	finding 1 keytool-add '' store_path /home/ann/store \
		sha256 "$(sha256_of other)"
	make
	as_root keytool-add
	planted_run keytool-add
	said "keytool-add, planted" 'something else than files came out'
	run --yes
	is "keytool-add: status" "$status" 0
	is "keytool-add: it is his" "$(stat -c %u "$home/store")" $user
else
	echo "SKIPPED, NOT TESTED: keytool is missing: Java"
fi
finish
