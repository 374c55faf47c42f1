#!/bin/sh
# apt-hook.sh -- what apt says to its hook, in every version of that language and
# in none, and that the hook never stops an update that nobody wanted stopped.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
command -v openssl >/dev/null || skip "needs openssl"
command -v ar >/dev/null || skip "needs ar"
"$TRUSTDRIFT" --version | grep -q '^without libarchive' &&
	skip "this build has no libarchive"

good=$srcdir/tests/hosts/certificates/dst-2021
old=dst-root-ca-x3
now=2021-09-25T00:00:00Z
TMPDIR=$work/tmp
export TMPDIR
mkdir "$TMPDIR"

one=$work/one
host_new "$one"
host_root_ca "$one" "$good/$old.pem" "$good/isrg-root-x1.pem"
host_update "$one"
root=$one
stale=$(host_dotnet "$one/home/ann" ca "$good/r3-by-dst.pem")
mkdir -p "$one/var/lib/dpkg/info"
(cd "$one" && find usr/share/ca-certificates -type f -printf '/%p\n') \
	>"$one/var/lib/dpkg/info/ca-certificates.list"
echo /usr/bin/hello >"$one/var/lib/dpkg/info/hello.list"

# deb NAME FILE.crt ...
deb() {
	name=$1
	shift
	mkdir -p "$work/deb/tree/usr/share/ca-certificates/mozilla"
	for pem in "$@"; do
		base=$(basename "$pem" .pem)
		cp "$pem" "$work/deb/tree/usr/share/ca-certificates/mozilla/$base.crt"
	done
	echo 2.0 >"$work/deb/debian-binary"
	printf 'Package: %s\nVersion: 2\nArchitecture: all\n' "$name" >"$work/deb/control"
	tar -C "$work/deb" -cf - ./control | gzip -n >"$work/deb/control.tar.gz"
	tar -C "$work/deb/tree" -cf - . | gzip -n >"$work/deb/data.tar.gz"
	(cd "$work/deb" && ar rcS "$work/${name}_2_all.deb" debian-binary \
		control.tar.gz data.tar.gz)
	rm -rf "$work/deb"
}
deb ca-certificates "$good/isrg-root-x1.pem"
deb hello

config=$work/etc
mkdir "$config"
hook() { # hook [ARGS] <what apt says
	status=0
	"$TRUSTDRIFT" apt-hook --root "$one" --now $now --config "$config" "$@" \
		>"$work/said" 2>"$work/errors" || status=$?
}
head='VERSION 3\nAPT::Architecture=amd64\nVERSION=%%20\nDir=/\n\n'
package="ca-certificates 1 all none < 2 all none $work/ca-certificates_2_all.deb"
hello="hello 1 amd64 none < 2 amd64 none $work/hello_2_all.deb"

# tells WHAT: the hook told of the outage, and let it pass
tells() {
	is "$1: status" "$status" 0
	is "$1: errors" "$(cat "$work/errors")" ""
	check "$1: the root" grep -q '^trustdrift:   - Departing Root X3 ' "$work/said"
	check "$1: the finding" grep -q 'HIGH, stale-cached-intermediate: ' "$work/said"
	check "$1: the file" grep -qF "$stale" "$work/said"
	is "$1: every line says who speaks" "$(grep -vc '^trustdrift: ' "$work/said")" 0
}
silent() { # silent WHAT: nothing at all
	is "$1: status" "$status" 0
	is "$1: nothing is said" "$(cat "$work/said" "$work/errors")" ""
}

# shellcheck disable=SC2059 # escapes are in the heads
{
printf "$head$hello\n$package\n" >"$work/info"
hook <"$work/info"
tells "version 3"
printf "VERSION 2\nDir=/\n\nca-certificates 1 < 2 $work/ca-certificates_2_all.deb\n" >"$work/info"
hook <"$work/info"
tells "version 2"
printf "$work/hello_2_all.deb\n$work/ca-certificates_2_all.deb\n" >"$work/info"
hook <"$work/info"
tells "version 1"
printf "VERSION 7\nA=b\n\n$package\n" >"$work/info"
hook <"$work/info"
tells "a version that is to come"
printf "$head$package" >"$work/info"
hook <"$work/info"
tells "no line feed at the end"
printf "$head$package\n" >"$work/info"
APT_HOOK_INFO_FD=7
export APT_HOOK_INFO_FD
hook 7<"$work/info" </dev/null
unset APT_HOOK_INFO_FD
tells "another descriptor"
printf "${head}ca-certificates 1 all none > - - - **REMOVE**\n" >"$work/info"
hook <"$work/info"
is "it is removed: status" "$status" 0
check "it is removed" grep -q '^trustdrift:   - Staying Root X1 ' "$work/said"
printf "$head$package\n" >"$work/info"
hook --format json <"$work/info"
is "as data" "$(/usr/bin/python3 -I -c 'import json, sys
print(json.load(sys.stdin)["format"])' <"$work/said")" trustdrift/preview

# nothing to say
printf "$head$hello\n" >"$work/info"
hook <"$work/info"
silent "another package"
printf "${head}ca-certificates 1 all none < 2 all none **CONFIGURE**\n" >"$work/info"
hook <"$work/info"
silent "configured only"
printf "${head}hello 1 amd64 none > - - - **REMOVE**\n" >"$work/info"
hook <"$work/info"
silent "another package is removed"

# nonsense
hook </dev/null
silent "nothing"
printf "VERSION 3\n" >"$work/info"
hook <"$work/info"
silent "only a head"
printf "${head}ca-certificates\n\n \nca-certificates 1 all\n" >"$work/info"
hook <"$work/info"
silent "lines that end too early"
head -c 100000 /dev/urandom >"$work/info"
hook <"$work/info"
is "noise: status" "$status" 0
printf "VERSION x\n\n$package\n" >"$work/info"
hook <"$work/info"
is "no number: status" "$status" 0
head -c 20000000 /dev/zero >"$work/info"
hook <"$work/info"
is "too much: status" "$status" 0
check "too much is told" [ -s "$work/errors" ]
hook <&-
is "no standard input: status" "$status" 0
printf "${head}ca-certificates 1 all none < 2 all none /nowhere/x.deb\n" >"$work/info"
hook <"$work/info"
is "no file: status" "$status" 0
check "no file is told" grep -q 'nowhere' "$work/errors"
printf "${head}ca-certificates 1 all none < 2 all none $work/info\n" >"$work/info"
hook <"$work/info"
is "no package: status" "$status" 0
printf "$head$package\n" >"$work/info"
hook --root "$work/none" <"$work/info"
is "no root: status" "$status" 0
TMPDIR=$work/none
printf "$head$package\n" >"$work/info"
hook <"$work/info"
is "no TMPDIR: status" "$status" 0
TMPDIR=$work/tmp
status=0
printf "$head$package\n" | "$TRUSTDRIFT" apt-hook --root "$one" --now $now \
	>/dev/full 2>"$work/errors" || status=$?
is "a full disk: status" "$status" 0

# ---- what audits are asked for ----------------------------------------------------------
# what the newest audit behind the update will look at, and when
as_audits() { # as_audits WHAT STATUS LINE ...: the hook without --now
	what=$1 wanted=$2
	shift 2
	printf '%s\n' "$@" >"$config/audit.options"
	printf "$head$package\n" >"$work/info"
	status=0
	"$TRUSTDRIFT" apt-hook --root "$one" --config "$config" \
		<"$work/info" >"$work/said" 2>"$work/errors" || status=$?
	is "$what: status" "$status" 0
	got=silent
	! grep -q 'stale-cached-intermediate' "$work/said" || got=told
	is "$what" "$got" "$wanted"
}
as_audits "no time" silent '# --now=2021-09-25T00:00:00Z'
as_audits "the time of audits" told '# of the outage' '' " --now=$now	"
is "and no error" "$(cat "$work/errors")" ""
as_audits "an argument a line" told --now $now --format json -o "$work/none" \
	--report "html:$work/none" --notify auto --processes word
is "what is for audits only is passed over" "$(cat "$work/errors")" ""
check "and nothing is written" [ ! -e "$work/none" ]
as_audits "a mistake" silent "--now=$now" --warn-days=soon
check "of which is told: $(cat "$work/errors")" \
	grep -q 'audit.options: ' "$work/errors"
mkdir "$work/other"
as_audits "isolation" told "--now=$now" --isolation=off "--config=$work/other"
rm "$config/audit.options"
mkdir "$config/audit.options"
printf "$head$package\n" >"$work/info"
hook <"$work/info"
check "a directory" grep -q 'audit.options: ' "$work/errors"
rmdir "$config/audit.options"
echo --now=2031-01-01T00:00:00Z >"$config/audit.options"
hook <"$work/info"
tells "the command line goes first"
rm "$config/audit.options"

# ---- the administrator wants it stopped -------------------------------------------------
echo 'stop = high   # or worse' >"$config/apt-hook.conf"
printf "$head$package\n" >"$work/info"
hook <"$work/info"
is "stopped" "$status" 2
check "why it is" grep -q 'apt-hook.conf' "$work/errors"
check "and what was found" grep -q 'stale-cached-intermediate' "$work/said"
printf "$head$hello\n" >"$work/info"
hook <"$work/info"
silent "another package is not stopped"
printf "${head}ca-certificates 1 all none < 2 all none /nowhere/x.deb\n" >"$work/info"
hook <"$work/info"
is "what cannot be looked at is not stopped" "$status" 0
mv "$one/home/ann/.dotnet" "$work/dotnet"
printf "$head$package\n" >"$work/info"
hook <"$work/info"
is "nothing grave appears" "$status" 0
mv "$work/dotnet" "$one/home/ann/.dotnet"
for words in 'stop = never' 'stop = sometimes' 'go = high' '' '# stop = high'; do
	printf '%s\n' "$words" >"$config/apt-hook.conf"
	printf "$head$package\n" >"$work/info"
hook <"$work/info"
	is "'$words'" "$status" 0
done
}

# ---- the line in apt's configuration: only 2 gets through ----------------------------------
line=$(sed -n 's/.*Pre-Install-Pkgs { "\(.*\)"; };/\1/p' \
	"$srcdir/data/hooks/60trustdrift.in")
for status in 0 1 2 64 127 137; do
	printf '#!/bin/sh\nexit %d\n' $status >"$work/trustdrift"
	chmod +x "$work/trustdrift"
	got=0
	sh -c "$(printf %s "$line" | sed "s,@bindir@,$work,")" || got=$?
	wanted=0
	[ $status -ne 2 ] || wanted=1
	is "the line, when the program has $status" "$got" $wanted
done
is "nothing is left in TMPDIR" "$(ls -A "$TMPDIR")" ""
finish
