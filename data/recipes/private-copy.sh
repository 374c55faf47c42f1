# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- programs that read what users wrote ----
#
# keytool and certutil work on a copy in a private directory, with the rights
# of the file's owner, and only when the copy came out as it should does it
# replace the store.  An NSS database even names libraries to load
# (pkcs11.txt): that file is not copied.
#
# The owner can change what lies in that directory at any moment: from the time
# that it is given away until it is taken back nothing is written there.

# Copies the files NAME... beside PATH to a new private directory $job.  The first
# says who the owner is.
job_begin() {	# PATH NAME...
	workspace && chmod 711 "$work" && rm -rf -- "$work/job" "$work/in" &&
		enter "$1" || return 1
	job=$work/job
	mkdir -- "$job" && mkdir -m 711 -- "$work/in" || return 1
	shift
	for file in "$@"; do
		cp -a -- "./$file" "$job/" && [ -f "$job/$file" ] &&
			[ ! -L "$job/$file" ] || return 1
	done
	job_uid=$(stat -c %u -- "$job/$1") &&
		job_gid=$(stat -c %g -- "$job/$1") || return 1
	[ "$uid" = 0 ] && [ "$job_uid" != 0 ] || return 0
	if ! setpriv --reuid "$job_uid" --regid "$job_gid" --clear-groups \
		true 2>/dev/null; then
		why="it belongs to another user, and no setpriv (util-linux) is"
		why="$why here that could become that user"
		return 1
	fi
	chown "$job_uid:$job_gid" "$job"
}

# Sets $handed to a copy of FILE that the owner can read and nobody but us change.
hand_over() {	# FILE
	handed=$work/in/${1##*/}
	cp -- "$1" "$handed" && chmod 644 "$handed"
}

# Takes the directory back, before anything in it is believed.
job_end() {
	[ "$uid" != 0 ] || chown 0:0 "$job" || return 1
	for file in "$job"/* "$job"/.[!.]*; do
		[ -L "$file" ] || { [ -e "$file" ] && [ ! -f "$file" ]; } ||
			continue
		why="something else than files came out: it is left as it was"
		return 1
	done
}

as_owner() (	# COMMAND...
	exec 9<&-	# the lock
	cd -- "$job" || exit 1
	HOME=$job
	export HOME
	# In a session of its own it has no terminal of root's.
	if [ "$uid" = 0 ] && [ "$job_uid" != 0 ]; then
		exec setsid setpriv --reuid "$job_uid" --regid "$job_gid" \
			--clear-groups --no-new-privs -- "$@" </dev/null
	fi
	exec "$@" </dev/null
)
