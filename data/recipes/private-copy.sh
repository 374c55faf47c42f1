# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- programs that read what users wrote ----
#
# keytool and certutil work on a copy in a private directory, with the rights
# of the file's owner, and only when the copy came out as it should does it
# replace the store.  What they complain of is in $work/messages.  An NSS database
# even names libraries to load (pkcs11.txt): that file is not copied.
#
# The owner can change what lies in that directory at any moment: from the time
# that it is given away until it is taken back nothing is written there.

# Copies the files NAME... beside PATH to a new private directory $job.  The first
# says who the owner is.
job_begin() {	# PATH NAME...
	workspace && chmod 711 "$work" || return 1
	if ! job_clear; then
		# An owner's trick is not to keep others from being served.
		jobs_left=$((jobs_left + 1))
		mv -- "$job" "$work/left-$jobs_left" || return 1
	fi
	rm -rf -- "$work/in" && enter "$1" || return 1
	job=$work/job job_uid=''
	mkdir -- "$job" && mkdir -m 711 -- "$work/in" || return 1
	shift
	for file in "$@"; do
		may_copy "./$file" || return 1
		cp -a -- "./$file" "$job/" && [ -f "$job/$file" ] &&
			[ ! -L "$job/$file" ] || return 1
	done
	job_uid=$(stat -c %u -- "$job/$1") || return 1
	is_other || return 0
	if ! setsid setpriv --reuid "$job_uid" --regid 65534 \
		--clear-groups true 2>/dev/null; then
		job_uid=''
		why="it belongs to another user, and no setpriv (util-linux) is"
		why="$why here that could become that user"
		return 1
	fi
	chown "$job_uid" "$job"
}

# Is it somebody else's?
is_other() {
	[ "$uid" = 0 ] && [ -n "$job_uid" ] && [ "$job_uid" != 0 ]
}

# Removes the directory.  What its owner has made there the owner removes: rm of
# busybox can be led elsewhere.
job_clear() {
	[ -n "$job" ] && [ -d "$job" ] || return 0
	! is_other || as_owner sh -c 'rm -rf ./* ./.[!.]* ./..?*' >/dev/null
	if [ "$uid" = 0 ]; then
		chown 0:0 "$job" && chmod 700 "$job" || return 1
	fi
	rm -f -- "$job"/* "$job"/.[!.]* "$job"/..?* 2>/dev/null
	rmdir -- "$job" 2>/dev/null
}

# Sets $handed to a copy of FILE that the owner can read and nobody but us change.
hand_over() {	# FILE
	handed=$work/in/${1##*/}
	cp -- "$1" "$handed" && chmod 644 "$handed"
}

# Takes the directory back, before anything in it is believed.
job_end() {
	if [ "$uid" = 0 ]; then
		chown 0:0 "$job" && chmod 700 "$job" || return 1
	fi
	for file in "$job"/* "$job"/.[!.]* "$job"/..?*; do
		[ -L "$file" ] || { [ -e "$file" ] && [ ! -f "$file" ]; } ||
			continue
		why="something else than files came out: it is left as it was"
		# Who made it takes it away.
		! is_other || chown "$job_uid" "$job"
		return 1
	done
	job_uid=''
}

owner_seconds=300
as_owner() (	# COMMAND...
	exec 2>"$work/messages" 3<&- 4<&- 9<&-	# 9: the lock
	cd -- "$job" || exit 1
	HOME=$job
	export HOME
	# It may run what the owner wants: it has no terminal of root's, by a session
	# of its own and by what it writes to, and no group, which a file may have
	# and its owner not; nor what root has in its environment.
	if is_other; then
		# Its owner could stop it for ever.
		set -- setsid setpriv --reuid "$job_uid" --regid 65534 \
			--clear-groups --no-new-privs -- "$@"
		! command -v timeout >/dev/null ||
			set -- timeout -s KILL "$owner_seconds" "$@"
		exec env -i PATH="$PATH" HOME="$job" LC_ALL=C "$@" </dev/null
	fi
	exec "$@" </dev/null
)

# Runs COMMAND, which calls as_owner, and has what it says in FILE.  What it writes to
# may be open in a process of the owner's for longer: it is a file of its own.
heard() {	# FILE COMMAND...
	heard_file=$1 heard=0
	shift
	rm -f -- "$work/said"
	"$@" >"$work/said" || heard=$?
	cat -- "$work/said" >"$heard_file" || return 1
	rm -f -- "$work/said"
	return "$heard"
}

# The same, and shows it.
told() {	# COMMAND...
	told=0
	heard "$work/told" "$@" || told=$?
	cat -- "$work/told" "$work/messages" 2>/dev/null |
		tr -c '[:print:]\n' '?' >&2
	return "$told"
}
