# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- NSS databases ----

unset NSS_DEFAULT_DB_TYPE

# Without a password file certutil would ask on the terminal.
database() {	# COMMAND...
	as_owner certutil "$@" -d "sql:$job" -f /dev/null
}

# A browser that has the database open would write over what is done here.
database_in_use() {
	[ -z "$root" ] || return 1
	# shellcheck disable=SC2012	# only ls shows where descriptors lead
	ls -l /proc/[0-9]*/fd 2>/dev/null | OPEN=" -> $database_path" awk '
		{ open = ENVIRON["OPEN"] }
		substr($0, length($0) - length(open) + 1) == open { found = 1 }
		END { exit !found }' || return 1
	why="a program has $database_path open: close it first"
}

# Copies the database at PATH, which ends in cert9.db, to where it is changed.
database_open() {	# PATH
	safely "${1%/*}" last || return 1
	database_path=${followed#"$root"}/cert9.db
	enter "$database_path" || return 1
	if [ ! -f ./key4.db ]; then
		why='key4.db is missing, and certutil would sign all trust anew'
		return 1
	elif [ -s ./cert9.db-journal ] || [ -s ./key4.db-journal ]; then
		why='a transaction is open in the database'
		return 1
	fi
	job_begin "$database_path" cert9.db key4.db || return 1
	if ! heard "$work/list" database -L; then
		why=$(shown "$(head -n 1 "$work/messages")")
		why="certutil cannot list it: $why"
		return 1
	fi
}

# Has the copy the certificate of the step, with this in the column of what it is
# trusted for?
database_has() {	# BASIC_REGULAR_EXPRESSION
	database -L | sed -n "1,4d
		s/  *$1 *\$//p" | while IFS= read -r nickname; do
		database -L -n "$nickname" -a | pem_lines |
			hash_lines
	done | grep -q "^$arg_sha256\$"
}

# Puts the copy in the place of the database that it was made of ($before).
# key4.db holds the signatures of what cert9.db says about trust.  Those of
# nothing are harmless, so a run that ends between the two leaves a sound
# database when key4.db is the last after a deletion, and the first otherwise.
database_close() {	# added|deleted
	job_end && look_at "$root$database_path" &&
		[ "$state" = "$before" ] &&
		keep_once "$database_path" &&
		keep_once "${database_path%/*}/key4.db" ||
		return 1
	if [ "$1" = added ]; then
		put "$job/key4.db" "${database_path%/*}/key4.db" &&
			put "$job/cert9.db" "$database_path"
	else
		put "$job/cert9.db" "$database_path" &&
			put "$job/key4.db" "${database_path%/*}/key4.db"
	fi
}
