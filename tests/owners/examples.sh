# examples.sh -- sourced by tests of data/examples: the host of the outage, and the
# examples as they are installed, but for the paths that they call and write to.
# shellcheck shell=sh disable=SC2154 # of tests/hosts/lib.sh
#
#   outage NAME     makes a host $work/NAME; the program of the examples speaks of it
#   example FILE    an example's text
program=$work/program fix=$work/fix.sh

outage() {
	root=$work/$1
	host_outage "$root" --db "$work/$1.db"
	cat >"$program" <<-END
	#!/bin/sh
	exec "$TRUSTDRIFT" --root "$root" --db "$work/$1.db" --now $outage_time "\$@"
	END
	chmod 755 "$program"
}

example() {
	sed "s|/usr/bin/trustdrift|$program|g; s|/var/lib/trustdrift/fix.sh|$fix|g" \
		"$srcdir/data/examples/$1"
}

cached() { find "$root/home" -name '*.pfx' | wc -l | tr -d ' '; }
