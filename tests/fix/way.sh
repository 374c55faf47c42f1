#!/bin/sh
# way.sh -- root runs a script over a path on which users own links and directories:
# what lies at its end is changed where it is theirs alone.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
[ "$(id -u)" -eq 0 ] || skip "needs root, and users beside"

home=$root/home/ann
app=$root/etc/app
# theirs: ann's home is hers, bob's his, and the links in them; but for $roots
roots=
theirs() {
	chown -hR 12345:12345 "$home"
	chown -hR 12346:12346 "$root/home/bob"
	[ -z "$roots" ] || chown -h 0:0 "$roots"
}
# new: a root with a file of root's, another user's, and one of ann's
new() {
	root_new
	mkdir -p "$app" "$root/home/bob/store" "$home/mine" "$root/srv"
	echo important >"$app/one.pem"
	echo his >"$root/home/bob/store/one.pem"
	echo hers >"$home/mine/one.pem"
	pem root cross >"$app/two.pem"
	chmod 600 "$app/two.pem"
}
everything() {
	(cd "$root" && find etc home srv -type d -exec stat -c '%n %a %u %g' {} + &&
		find etc home srv ! -type d -exec stat -c '%N %a %u %g %Y' {} + &&
		find etc home srv -type f -exec sha256sum {} +)
}
# refused WHAT RECIPE PATH: by what is there and not there before the script is made
refused() {
	theirs
	finding 1 "$2" "$3" sha256 "$(sha256_of root)"
	make
	before=$(everything)
	run --yes
	is "$1: status" "$status" 2
	said "$1: said" 'the way to .* can be changed by somebody'
	is "$1: nothing is changed" "$(everything)" "$before"
}
# done_to WHAT PATH FILE: the file at PATH is removed, and put back
done_to() {
	theirs
	finding 1 remove-file "$2"
	make
	before=$(everything)
	run --yes
	is "$1: status" "$status" 0
	ok "$1: it is gone" [ ! -e "$3" ]
	run --yes --rollback "$(backup)"
	is "$1: rollback" "$status" 0
	is "$1: it is there again" "$(everything)" "$before"
}

new
ln -s /etc/app "$home/store"
refused "a link of hers to root's directory" remove-file /home/ann/store/one.pem
new
ln -s ../../etc "$home/etc"
refused "a relative one, above" remove-file /home/ann/etc/app/one.pem
new
ln -s /etc/app/two.pem "$home/roots.pem"
refused "a link of hers to root's file" pem-remove /home/ann/roots.pem
new
ln -s /home/bob/store "$home/store"
refused "a link of hers to his directory" remove-file /home/ann/store/one.pem
new
ln -s /home/bob/store "$home/store"
ln -s /home/ann/store "$root/srv/store"
refused "root's link to hers, and on to his" remove-file /srv/store/one.pem
new
mkdir "$root/tmp"
chmod 1777 "$root/tmp"
ln -s /etc/app "$root/tmp/store"
chown -h 12345:12345 "$root/tmp/store"
refused "a link of hers where all may write" remove-file /tmp/store/one.pem
new
mkdir -p "$root/srv/all/app"
chmod 777 "$root/srv/all"
echo a >"$root/srv/all/app/one.pem"
refused "where all may put another directory" remove-file /srv/all/app/one.pem
new
mkdir -p "$home/roots"
echo a >"$home/roots/one.pem"
roots=$home/roots
refused "root's directory in her home" remove-file /home/ann/roots/one.pem

# A directory that a package has, by the path that is meant.
roots=
new
mkdir -p "$root/var/lib/dpkg/info" "$root/usr/lib/app"
echo a >"$root/usr/lib/app/one.pem"
echo /usr/lib/app/one.pem >"$root/var/lib/dpkg/info/app.list"
printf 'Package: app\nVersion: 1\nStatus: install ok installed\n' \
	>"$root/var/lib/dpkg/status"
ln -s /usr/lib/app "$root/srv/store"
theirs
finding 1 remove-file /srv/store/one.pem
make
run --yes
is "a package's file behind a link: status" "$status" 2
said "a package's file behind a link: said" 'belongs to the package app'

new
ln -s /home/ann/mine "$home/store"
done_to "a link of hers to what is hers" /home/ann/store/one.pem "$home/mine/one.pem"
new
ln -s /etc/app "$root/srv/store"
done_to "root's link" /srv/store/one.pem "$app/one.pem"
new
ln -s /home/ann/mine "$root/srv/store"
done_to "root's link to what is hers" /srv/store/one.pem "$home/mine/one.pem"
new
roots=$home/mine/one.pem
done_to "root's file in her directory" /home/ann/mine/one.pem "$home/mine/one.pem"

# What was passed and is gone when it is asked whose it is may have been a link of
# hers: that cannot be timed from outside.
new
{
	# shellcheck disable=SC2016 # for the other shell
	printf 'uid=0\nway=$1\nline_end="\n"\n'
	sed -n '/^way_is_safe()/,/^}/p' "$work/fix.sh"
	# shellcheck disable=SC2016 # likewise
	echo 'way_is_safe "$2"'
} >"$work/safe"
safe() { # safe WAY DIRECTORY
	dash "$work/safe" "$@"
}
ok "what is there" safe "$root/etc
$app
" "$app"
ok "what is gone" [ "$(safe "$root/etc
$root/tmp/gone
$app
" "$app" || echo unsafe)" = unsafe ]

# What was hers when it was removed is put back nowhere else.
roots=
new
theirs
finding 1 remove-file /home/ann/mine/one.pem
make
run --yes
is "to be put back: status" "$status" 0
rm -r "$home/mine"
mkdir "$root/etc/profile.d"
ln -s /etc/profile.d "$home/mine"
chown -h 12345:12345 "$home/mine"
run --yes --rollback "$(backup)"
ok "a link where it was: status $status" [ "$status" != 0 ]
is "a link where it was: nothing is written" "$(ls -A "$root/etc/profile.d")" ""
finish
