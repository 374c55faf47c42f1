# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- programs that read what users wrote ----
#
# keytool and certutil work on a copy in a private directory, with the rights
# of the file's owner, and only when the copy came out as it should does it
# replace the store.  An NSS database even names libraries to load
# (pkcs11.txt): that file is not copied.

# Copies the files NAME... beside PATH to a new private directory $job.
job_begin() {	# PATH NAME...
	workspace && chmod 711 "$work" && rm -rf -- "$work/job" &&
		enter "$1" || return 1
	job=$work/job job_uid=$(stat -c %u -- "$name") &&
		job_gid=$(stat -c %g -- "$name") && mkdir -- "$job" || return 1
	shift
	for file in "$@"; do
		cp -a -- "./$file" "$job/" && [ -f "$job/$file" ] &&
			[ ! -L "$job/$file" ] || return 1
	done
	[ "$uid" != 0 ] || chown "$job_uid:$job_gid" "$job"
}

# Takes the directory back, before anything in it is believed.
job_end() {
	[ "$uid" != 0 ] || chown 0:0 "$job"
}

as_owner() (	# COMMAND...
	exec 9<&-	# the lock
	cd -- "$job" || exit 1
	HOME=$job
	export HOME
	if [ "$uid" = 0 ] && [ "$job_uid" != 0 ] &&
		setpriv --reuid "$job_uid" --regid "$job_gid" --clear-groups \
			true 2>/dev/null; then
		exec setpriv --reuid "$job_uid" --regid "$job_gid" \
			--clear-groups --no-new-privs -- "$@" </dev/null
	fi
	exec "$@" </dev/null
)
