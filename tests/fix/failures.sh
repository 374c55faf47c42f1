#!/bin/sh
# failures.sh -- what a script says and leaves where something fails on the way:
# there is no room for intermediate files, a program is broken or leaves a daemon,
# what is to be looked at cannot be read.  Nothing of that reads as "done".
# shellcheck source=tests/fix/lib.sh disable=SC2317 # called through names
. "${srcdir:=.}/tests/fix/lib.sh"
command -v openssl >/dev/null || skip "openssl is missing"
tools=$work/tools
mkdir "$tools"
one=00000000000000000000000000000001

# tool NAME: standard input is a program of that name, which the script finds first
tool() {
	{ echo '#!/bin/sh' && cat; } >"$tools/$1"
	chmod 755 "$tools/$1"
}
no_tools() { rm -f "$tools"/*; }
run_with_tools() { # run_with_tools [ARGUMENT...]
	sed "s|^PATH=|PATH=$tools:|" "$work/fix.sh" >"$work/narrow.sh"
	status=0
	dash "$work/narrow.sh" "$@" >"$work/out" 2>&1 </dev/null || status=$?
}

# ---- no room -------------------------------------------------------------------
# No file may grow: builtins fail to write as on a full disk, and as programs do.
full() { # full RECIPE [SHELL...]: dash, and these
	make
	before=$(listing)
	recipe=$1
	shift
	for shell in dash "$@"; do
		(
			trap '' XFSZ
			ulimit -f 0
			$shell "$work/fix.sh" --yes --only $one 2>&1 </dev/null
			echo "status $?"
		) | cat >"$work/out"
		ok "$recipe, $shell, no room: it is not done" \
			[ "$(grep -Ec 'already done$|: done$|^status 0' \
				"$work/out")" = 0 ]
		is "$recipe, $shell, no room: nothing is changed" "$(listing)" \
			"$before"
	done
	run --dry-run
	ok "$recipe: with room, it is not done, either" [ "$(grep -c 'already done$' "$work/out")" = 0 ]
}
h=$root/h
hash_directory() {
	root_new
	mkdir "$h"
	for name in root cross other; do pem $name >"$h/$name.pem"; done
	openssl rehash "$h"
}
command -v bash >/dev/null || skip "bash is missing"
hash_directory
finding 1 hash-directory-remove /h/root.pem sha256 "$(sha256_of root)"
full hash-directory-remove bash
hash_directory
rm "$h"/*.0
finding 1 hash-relink '' store_path /h
full hash-relink
debian_new
ca 1 root "$bundle"
full debian-system-ca bash
debian_new
pem root >"$root$bundle"
finding 1 debian-refresh ''
full debian-refresh
finding 1 debian-update ''
full debian-update
root_new
extracted=$root/etc/pki/ca-trust/extracted
mkdir -p "$root/etc/pki/ca-trust/source/anchors" "$extracted/pem"
pem other >"$root/etc/pki/ca-trust/source/anchors/other.pem"
pem root >"$extracted/pem/tls-ca-bundle.pem"
finding 1 p11-kit-system-ca '' sha256 "$(sha256_of other)"
full p11-kit-system-ca
root_new
mkdir "$root/etc/app"
pem root other >"$root/etc/app/roots.pem"
finding 1 pem-remove /etc/app/roots.pem sha256 "$(sha256_of root)"
full pem-remove

# ---- programs that fail ----------------------------------------------------------
hash_directory
rm "$h"/*.[01]
finding 1 hash-relink '' store_path /h
make
tool openssl <<'END'
echo "openssl:Error: 'rehash' is an invalid command." >&2
exit 1
END
run_with_tools --yes
is "no rehash: status" "$status" 2
said "no rehash" "skipped: openssl rehash makes no links: .*invalid command"
no_tools
run --yes
is "rehash: status" "$status" 0
is "rehash: links" "$(find "$h" -type l | wc -l)" 3
# A file that is no certificate, or several, has no link.
hash_directory
cat "$h"/*.pem >"$h/all.pem"
rm "$h"/root.pem "$h"/cross.pem "$h"/other.pem "$h"/*.[01]
finding 1 hash-relink '' store_path /h
make
run --yes
is "nothing to link: status" "$status" 0
said "nothing to link" 'already done$'

# All trees would be the same to who does not ask tar how it went.
hash_directory
finding 1 hash-directory-remove /h/root.pem sha256 "$(sha256_of root)"
make
tool tar <<'END'
exit 1
END
run_with_tools --yes
is "no tar: status" "$status" 0
kept=$(backup)
pem leaf >"$h/other.pem"
run_with_tools --yes --rollback "$kept"
is "no tar: rollback" "$status" 1
ok "no tar: a later change stays" cmp -s "$h/other.pem" "$work/pem/leaf"
no_tools

# What was kept cannot be listed: nothing is taken for made since.
hash_directory
finding 1 hash-directory-remove /h/root.pem sha256 "$(sha256_of root)"
make
run --yes
after=$(listing)
tool find <<'END'
case "$PWD $*" in */backup/*stat*) exit 1 ;; esac
exec /usr/bin/find "$@"
END
run_with_tools --yes --rollback "$(backup)"
is "no list of what was kept: rollback" "$status" 1
is "no list of what was kept: nothing is changed" "$(listing)" "$after"
no_tools

# rpm without room for its list, and rpm that cannot read its database
root_new
mkdir -p "$root/opt/app" "$root/var/lib/rpm"
echo x >"$root/opt/app/a.pfx"
: >"$root/var/lib/rpm/rpmdb.sqlite"
finding 1 remove-file /opt/app/a.pfx
make
tool rpm <<'END'
echo "app 1-1 /opt/app/a.pfx"
END
tool mktemp <<'END'
exit 1
END
run_with_tools --yes
is "no list of rpm: status" "$status" 2
said "no list of rpm" 'skipped: rpm cannot read its database'
rm "$tools/mktemp"
run_with_tools --yes
is "rpm: status" "$status" 2
said "rpm" 'skipped: it belongs to the package app'
no_tools

# ---- what cannot be read ------------------------------------------------------------
if [ "$(id -u)" -ne 0 ]; then
	hash_directory
	finding 1 hash-directory-remove /h/root.pem sha256 "$(sha256_of root)"
	make
	chmod 0 "$h/root.pem"
	run --yes
	is "not readable: status" "$status" 2
	said "not readable" 'skipped: it cannot be read: '
	chmod 644 "$h/root.pem"
elif setpriv --reuid 12345 --regid 12345 --clear-groups true 2>/dev/null; then
	hash_directory
	finding 1 hash-directory-remove /h/root.pem sha256 "$(sha256_of root)"
	make
	chown -R 12345:12345 "$root"
	chown 0 "$h/root.pem"
	chmod 600 "$h/root.pem"
	chmod 711 "$work" "$root"
	chmod 644 "$work/fix.sh"
	status=0
	setpriv --reuid 12345 --regid 12345 --clear-groups \
		dash "$work/fix.sh" --yes >"$work/out" 2>&1 </dev/null ||
		status=$?
	is "not readable: status" "$status" 2
	said "not readable" 'skipped: it cannot be read: '
fi

# A block without an end before the one that is wanted.
root_new
mkdir -p "$root/etc/app" "$local"
pem root >"$root/etc/app/roots.pem"
{
	pem cross | sed -n 1,4p
	pem leaf other
} >"$local/two.crt"
finding 1 pem-add '' store_path /etc/app/roots.pem sha256 "$(sha256_of other)"
make
run --yes --only $one
is "a block without end: status" "$status" 0
ok "a block without end: it is the right one" \
	[ "$(pem root other)" = "$(cat "$root/etc/app/roots.pem")" ]
{
	printf '# cut\n'
	pem cross | sed -n 1,4p
	printf '# other\n'
	pem other
	printf '# root\n'
	pem root
	pem leaf | head -c -1
} >"$root/etc/app/roots.pem"
: >"$work/findings"
finding 1 pem-remove /etc/app/roots.pem sha256 "$(sha256_of root)"
make
run --yes
is "a file with such a block: status" "$status" 0
{
	printf '# cut\n'
	pem cross | sed -n 1,4p
	printf '# other\n'
	pem other
	pem leaf | head -c -1
} >"$work/wanted"
ok "a file with such a block, and no line end: the others stay byte for byte" \
	cmp "$work/wanted" "$root/etc/app/roots.pem"

# ---- updaters that fail --------------------------------------------------------------
if [ "$(id -u)" -eq 0 ]; then
	p11_kit() {
		root_new
		mkdir -p "$root/etc/pki/ca-trust/source/anchors" \
			"$extracted/pem/directory-hash" "$extracted/java"
		pem other >"$root/etc/pki/ca-trust/source/anchors/other.pem"
		pem root other >"$extracted/pem/tls-ca-bundle.pem"
		pem root >"$extracted/pem/directory-hash/root.pem"
		ln -s root.pem "$extracted/pem/directory-hash/11111111.0"
		echo java >"$extracted/java/cacerts"
		finding 1 p11-kit-system-ca '' sha256 "$(sha256_of other)"
		make
	}
	after() {
		cd "$extracted" && find . -type d -printf '%p %m\n' | sort &&
			listing
	}
	p11_kit
	listed=etc/pki/ca-trust/extracted
	before=$(after)
	tool chroot <<-END
		case "\$*" in *command*) exit 0 ;; esac
		rm -r "$extracted/pem/directory-hash"
		: >"$extracted/pem/tls-ca-bundle.pem"
		: >"$extracted/java/cacerts"
		exit 1
	END
	run_with_tools --yes
	is "an updater that fails half-way: status" "$status" 1
	is "what it took is there again" "$(after)" "$before"
	# One that works, and what it made goes with a rollback.
	p11_kit
	listed=.
	before=$(after)
	pem_file leaf
	tool chroot <<-END
		case "\$*" in *command*) exit 0 ;; esac
		mkdir "$extracted/new"
		cp "$work/pem/leaf" "$extracted/new/leaf.pem"
		cp "$work/pem/leaf" "$extracted/pem/directory-hash/leaf.pem"
		cp "$work/pem/root" "$extracted/pem/tls-ca-bundle.pem"
	END
	run_with_tools --yes
	is "an updater: status" "$status" 0
	run_with_tools --yes --rollback "$(backup)"
	is "its rollback: status" "$status" 0
	is "what it made is gone" "$(after)" "$before"
	# A daemon that a hook starts does not have the lock.
	debian_new
	ca 1 root "$bundle"
	make
	mkdir -p "$root/dev"
	mknod "$root/dev/null" c 1 3 2>/dev/null || :
	tool chroot <<-END
		case "\$*" in *version* | *--help* | *fresh*) exit 0 ;; esac
		sleep 30 >/dev/null 2>&1 &
		echo \$! >"$work/daemon"
	END
	run_with_tools --yes
	run_with_tools --yes
	if [ -f "$work/daemon" ]; then
		ok "a daemon does not hold the lock" [ "$status" != 75 ]
		kill "$(cat "$work/daemon")"
	else
		echo "SKIPPED, NOT TESTED: no updater runs without a /dev/null"
	fi
	no_tools
else
	echo "SKIPPED, NOT TESTED: the updaters need root"
fi

# A file without PEM is nothing that keeps a step from being done, one that cannot be
# read is.
debian_new
cp "$certificates/leaf.der" "$local/leaf.crt"
echo "not one" >"$certs/README"
ca 1 root "$bundle"
make
run --yes
is "DER and others: status" "$status" 0
ok "DER and others: it is gone" \
	[ "$(hashed)" = "other.pem several.pem spaces.pem " ]
debian_new
ln -s ../nowhere "$certs/a.pem"
rm "$root$bundle"
ln -s ../nowhere "$root$bundle"
finding 1 debian-refresh ''
make
run --yes
is "a bundle that leads nowhere: status" "$status" 0
ok "a bundle that leads nowhere: it is made" bundled root other several spaces

# A bundle that is a link becomes a file, as with Debian's updater.
debian_new
mkdir "$root/etc/ssl/made"
mv "$root$bundle" "$root/etc/ssl/made/all.crt"
ln -s ../made/all.crt "$root$bundle"
ca 1 root "$bundle"
make
before=$(listing)
run --yes
is "a bundle that is a link: status" "$status" 0
ok "and what it led to stays" \
	[ "$(pem root other several spaces)" = "$(cat "$root/etc/ssl/made/all.crt")" ]
run --yes --rollback "$(backup)"
is "a bundle that is a link: bit for bit" "$(listing)" "$before"

# ---- who reads it goes away -----------------------------------------------------------
root_new
mkdir "$root/a" "$work/scratch"
for n in 1 2 3; do
	pem root other leaf >"$root/a/$n"
	finding $n pem-remove "/a/$n" sha256 "$(sha256_of root)"
done
make
sed "s|mktemp -d|mktemp -d -p $work/scratch|" "$work/fix.sh" >"$work/narrow.sh"
for shell in dash bash; do
	{
		$shell "$work/narrow.sh" --yes 2>/dev/null
		: >"$work/ended"
	} | sed 3q >/dev/null
	while [ ! -e "$work/ended" ]; do sleep 0.1; done
	rm "$work/ended"
	is "$shell: nothing is left in /tmp" "$(ls -A "$work/scratch")" ""
done

# A backup that is named from where one stands.
root_new
mkdir "$root/a" "$root/b"
echo x >"$root/a/1"
echo x >"$root/b/1"
finding 1 remove-file /a/1
finding 2 remove-file /b/1
make
run --yes
kept=$(backup)
(umask 077 && mkdir "$root/b/.trustdrift-new")	# for sweep(), which goes there
rm "$kept/index"
echo "1 644 0 0 1 /a/1" >"$kept/index"
cd "${kept%/*}" || exit 1
run --yes --rollback "./${kept##*/}"
cd "$srcdir" || exit 1
is "a relative backup: status" "$status" 0
ok "a relative backup: it is there again" [ -e "$root/a/1" ]
ok "a relative backup: what a killed run left was removed before" \
	[ ! -e "$root/b/.trustdrift-new" ]
finish
