# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- variables for all programs of the host ----
#
# Sessions get them from /etc/environment (pam_env(8)), services from systemd's
# DefaultEnvironment= (systemd-system.conf(5)), which is read again by
# `systemctl daemon-reexec`; what runs already keeps what it has.

# What PATH says NAME is, the last line of it, without quotes.
variable_in() {	# NAME PATH
	file=$(resolve "$2" last) && [ -f "$file" ] || return 0
	sed -n -E "s/^[[:blank:]]*(export[[:blank:]]+)?$1=[\"']?([^\"']*)[\"']?.*\$/\\2/p" \
		"$file" | tail -n 1
}

# What there is to do for NAME=VALUE: the statuses of RECIPE_state.
variable_state() {	# NAME VALUE
	unit=/etc/systemd/system.conf.d/50-trustdrift-$1.conf
	now=$(variable_in "$1" /etc/environment)
	if [ -n "$now" ] && [ "$now" != "$2" ]; then
		why="/etc/environment sets $1 to $(shown "$now") already"
		return 2
	fi
	plan=''
	[ "$now" = "$2" ] || plan="put $1=$2 into /etc/environment"
	if [ -d "$root/run/systemd/system" ] || [ -d "$root/etc/systemd" ]; then
		missing "$unit" && plan="$plan${plan:+
}write $unit"
	fi
	[ -n "$plan" ] || return 1
}

variable_set() {	# NAME VALUE
	workspace || return 1
	if [ "$(variable_in "$1" /etc/environment)" != "$2" ]; then
		if missing /etc/environment last; then
			printf '%s=%s\n' "$1" "$2" >"$work/environment" &&
				put_new "$work/environment" /etc/environment \
					644 || return 1
		else
			path=$(inside /etc/environment last) && keep "$path" &&
				take_copy "$path" &&
				{
					[ -z "$(tail -c 1 -- "$work/original")" ] ||
						echo
					printf '%s=%s\n' "$1" "$2"
				} >>"$work/edited" &&
				put "$work/edited" "$path" || return 1
		fi
	fi
	case $plan in
	*"$unit"*)
		printf '[Manager]\nDefaultEnvironment=%s=%s\n' "$1" "$2" \
			>"$work/unit" && make_directory "${unit%/*}" &&
			put_new "$work/unit" "$unit" 644
		;;
	esac
}

# The bundle that this distribution's updater makes.
system_bundle() {
	for path in /etc/ssl/certs/ca-certificates.crt \
		/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem \
		/var/lib/ca-certificates/ca-bundle.pem \
		/etc/ca-certificates/extracted/tls-ca-bundle.pem \
		/etc/ssl/cert.pem; do
		if file=$(resolve "$path" last) && [ -s "$file" ]; then
			printf '%s\n' "$path"
			return 0
		fi
	done
	return 1
}
