# postgresql.sh -- sourced: a PostgreSQL of one's own, on a socket in a directory.
# shellcheck shell=sh disable=SC2034 # $server_why is for who sources this
#
#	server_start DIR	DIR must be absolute, and short, and is made; 1 with
#				why in $server_why
#	server_stop DIR
#
# The environment's PGHOST, PGUSER and PGDATABASE lead there afterwards.  As root the
# server runs as nobody, because it refuses to be root's.

for server_bin in /usr/lib/postgresql/*/bin; do
	[ -x "$server_bin/initdb" ] && PATH=$server_bin:$PATH
done
export PATH
unset PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS PGSERVICE PGSERVICEFILE PGPASSFILE \
	PGPASSWORD PGSSLMODE PGAPPNAME PGCLIENTENCODING PGTZ PGDATESTYLE || :
server_as=

server_start() {
	for program in initdb pg_ctl psql createdb; do
		command -v $program >/dev/null || {
			server_why="$program is missing"
			return 1
		}
	done
	if [ "$(id -u)" = 0 ]; then
		server_as="setpriv --reuid=nobody --regid=nogroup --clear-groups"
		$server_as true 2>/dev/null || {
			server_why="nobody can be nobody here"
			return 1
		}
	fi
	# sun_path has 108 bytes
	[ ${#1} -lt 80 ] || {
		server_why="$1 is too long for a socket's name"
		return 1
	}
	mkdir "$1" "$1/data" "$1/run"
	chmod 755 "$1"
	[ -z "$server_as" ] || chown nobody "$1/data" "$1/run"
	if ! HOME=$1 $server_as initdb -D "$1/data" -U trustdrift -A trust \
		--no-sync -E UTF8 --locale=C >"$1/log" 2>&1 ||
		! HOME=$1 $server_as pg_ctl -D "$1/data" -l "$1/run/log" -w \
			-o "-k '$1/run' -c listen_addresses= -c fsync=off" \
			start >>"$1/log" 2>&1; then
		cat "$1/log" >&2
		server_why="the server does not start here"
		return 1
	fi
	PGHOST=$1/run PGUSER=trustdrift PGDATABASE=postgres
	export PGHOST PGUSER PGDATABASE
}

server_stop() {
	[ ! -e "$1/data/postmaster.pid" ] ||
		$server_as pg_ctl -D "$1/data" -m immediate -w stop >/dev/null 2>&1
}
