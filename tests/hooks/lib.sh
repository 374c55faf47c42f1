# lib.sh -- sourced by the tests of hooks: the hooks as they are installed, but with
# everything that they touch in $work.
# shellcheck shell=sh disable=SC2034,SC2154 # variables of tests/hosts/lib.sh
. "$srcdir/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/dst-2021
now=2021-09-25T00:00:00Z
bin=$work/bin hooks=$work/share/hooks state=$work/lib config=$work/config
mkdir -p "$bin" "$hooks" "$config/notify.d"

# filled_in NAME: data/hooks/NAME.in
filled_in() {
	sed -e "s,@bindir@,$bin,g; s,@pkgdatadir@,$work/share,g" \
		-e "s,^PATH=,&$bin:,; s,^state=.*,state=$state," \
		-e "s,^config=.*,config=$config,; s,^systemd=.*,systemd=$work/systemd," \
		-e "s,^dpkg_trigger=.*,dpkg_trigger=$work/dpkg/triggers/trustdrift-scan," \
		-e "s,^java_pending=.*,java_pending=$work/pending," \
		"$srcdir/data/hooks/$1.in"
}
filled_in after-update >"$hooks/after-update"
filled_in update.d >"$hooks/zz-trustdrift"
cp "$hooks/zz-trustdrift" "$hooks/99trustdrift.run"
chmod +x "$hooks"/*

# a script in place of a program
stand_in() {	# NAME, the script on standard input
	{
		echo '#!/bin/sh'
		cat
	} >"$bin/$1"
	chmod +x "$bin/$1"
}
# the program, for the host in $work/host; the log of this machine is left alone
real_program() {
	stand_in trustdrift <<-END
	for word do
		shift
		[ "\$word" != auto ] || word=syslog:$work/no-socket
		set -- "\$@" "\$word"
	done
	echo "\$*" >>"$work/calls"
	exec "$TRUSTDRIFT" --root "$work/host" --db "$work/inventory.db" --now $now "\$@"
	END
	: >"$work/calls"
}
# which only says that it was called
quick_program() {
	echo "echo \"\$*\" >>\"$work/calls\"" | stand_in trustdrift
	: >"$work/calls"
}
calls() {
	grep -c . "$work/calls" || :
}
