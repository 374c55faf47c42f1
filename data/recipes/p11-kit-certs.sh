# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- the system store where p11-kit makes it ----
#
# The administrator's token has the directories anchors and blocklist, on
# Fedora and RHEL /etc/pki/ca-trust/source, on SUSE /etc/pki/trust, on Arch
# /etc/ca-certificates/trust-source; packages have theirs below /usr/share.
# What is in a blocklist beats all anchors.  The updater extracts bundle,
# directories and Java's list from both; before p11-kit 0.24 the directory was
# called blacklist, and is still used where there is no other.

# Sets $token, and $extracted, the bundle for TLS.
p11_kit_token() {
	while read -r token extracted <&3; do
		follow "$token" last && [ -d "$followed" ] && return 0
	done 3<<-'EOT'
		/etc/pki/ca-trust/source /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem
		/etc/pki/trust /var/lib/ca-certificates/ca-bundle.pem
		/etc/ca-certificates/trust-source /etc/ca-certificates/extracted/tls-ca-bundle.pem
	EOT
	why='no directory of p11-kit is there: this is no system of that kind'
	return 1
}

# The files of the administrator's token, and of its directory NAME.
token_files() {	# [NAME]
	follow "$token${1:+/$1}" last && [ -d "$followed" ] || return 0
	find "$followed/" -maxdepth 1 ! -type d | sort |
		while IFS= read -r file; do
			case $file in
			*[[:cntrl:]]*) continue ;;
			esac
			printf '%s\n' "$token${1:+/$1}/${file##*/}"
		done
}

# Of files on standard input those that hold $arg_sha256.
that_hold_it() {
	while IFS= read -r path; do
		if ! follow "$path" last || [ ! -f "$followed" ]; then
			continue
		fi
		[ -r "$followed" ] || return 1
		! fingerprints "$followed" | grep -q "^$arg_sha256\$" ||
			printf '%s\n' "$path" || return 1
	done
}

extracted_has_it() {
	follow "$extracted" last && [ -f "$followed" ] &&
		fingerprints "$followed" | grep -q "^$arg_sha256\$"
}

# Fedora's and Arch's program is update-ca-trust, SUSE's update-ca-certificates.
p11_kit_updater() {
	for updater in update-ca-trust update-ca-certificates; do
		if [ -n "$root" ]; then
			[ "$uid" = 0 ] &&
				chroot "$root" sh -c "command -v $updater" \
					>/dev/null 2>&1 && return 0
		else
			command -v "$updater" >/dev/null && return 0
		fi
	done
	return 1
}

# What is extracted is kept; where the updater fails it is put back.
update_ca_trust() {
	if ! p11_kit_token || ! p11_kit_updater; then
		warn 'the updater cannot run there: the sources are changed, what' \
			'is extracted from them is not'
		return 1
	fi
	extracted_real=$(inside "${extracted%/*}" last) || return 1
	case $token in
	/etc/pki/trust) ;;
	*) extracted_real=${extracted_real%/*} ;;
	esac
	keep "$extracted_real" && record '?' "$extracted_real" &&
		echo update_ca_trust >"$backup/refresh" || return 1
	before=$backup/files/$kept
	status=0
	(
		umask 022
		exec 9<&-
		[ -z "$root" ] || exec chroot "$root" "$updater" >&2
		exec "$updater" >&2
	) || status=1
	if [ "$status" = 1 ] && restore_tree "$before" "$extracted_real"; then
		warn "$updater failed: what is extracted is put back as it was;" \
			'run this again to go on'
	fi
	look_at "$root$extracted_real"
	record "$state" "$extracted_real" || return 1
	return "$status"
}
