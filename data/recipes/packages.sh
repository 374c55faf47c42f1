# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- files of packages ----

# Which package has PATH, by the databases of dpkg, rpm, apk and pacman: these set
# $package, $version and how to $upgrade it.

dpkg_package() {	# PATH
	follow /var/lib/dpkg/info last && [ -d "$followed" ] &&
		lists=$followed &&
		package=$(grep -Fxl -e "$1" -e "${1#/usr}" -- "$lists"/*.list \
			2>/dev/null | head -n 1) && [ -n "$package" ] || return 1
	package=${package##*/} package=${package%.list}
	follow /var/lib/dpkg/status last && lists=$followed && [ -f "$lists" ] &&
		version=$(PACKAGE=$package awk -F ': ' '
			function tell() {
				if (name == ENVIRON["PACKAGE"] ||
				    name ":" architecture == ENVIRON["PACKAGE"])
					print version
				name = version = architecture = ""
			}
			/^$/ { tell() }
			$1 == "Package" { name = $2 }
			$1 == "Architecture" { architecture = $2 }
			$1 == "Version" { version = $2 }
			END { tell() }' "$lists" | head -n 1)
	upgrade="apt-get install --only-upgrade $package"
}

# The database of rpm in the root, wherever that release has it.
rpm_database() {
	for lists in /usr/lib/sysimage/rpm /var/lib/rpm; do
		follow "$lists" last || continue
		for file in rpmdb.sqlite Packages.db Packages; do
			[ ! -f "$followed/$file" ] || return 0
		done
	done
	return 1
}

# "NAME VERSION PATH" of all files of packages, from a copy of the database: this
# host's rpm has its own elsewhere, and would write a lock beside it.
rpm_files() {
	workspace || return 1
	[ ! -s "$work/rpm-files" ] || return 0
	rm -rf -- "$work/rpm" && cp -RL -- "$followed" "$work/rpm" &&
		rpm --dbpath "$work/rpm" -qa --qf \
			'[%{=NAME} %{=VERSION}-%{=RELEASE} %{FILENAMES}\n]' \
			>"$work/rpm-files" 2>/dev/null &&
		[ -s "$work/rpm-files" ] && return 0
	rm -f -- "$work/rpm-files"
	return 1
}

rpm_package() {	# PATH
	rpm_database || return 1
	if ! command -v rpm >/dev/null; then
		why='no rpm is here to say whether a package has it'
		return 0
	elif [ -z "$root" ]; then
		if ! package=$(rpm -qf --qf '%{NAME} %{VERSION}-%{RELEASE}\n' \
			-- "$1" 2>/dev/null); then
			package=''
			case $(rpm -qf -- "$1" 2>&1) in
			*'is not owned by any package'* | \
				*'No such file or directory'*) return 1 ;;
			esac
			why='rpm cannot say whether a package has it'
			return 0
		fi
	elif rpm_files; then
		package=$(NOTED=$1 awk '{
			path = $0
			sub(/^[^ ]+ [^ ]+ /, "", path)
			if (path == ENVIRON["NOTED"]) {
				print $1 " " $2
				exit
			}
		}' "$work/rpm-files")
	else
		why='rpm cannot read its database to say whether a package has it'
		return 0
	fi
	[ -n "$package" ] || return 1
	package=$(printf '%s\n' "$package" | head -n 1)
	version=${package#* } package=${package%% *}
	if ! missing /usr/bin/zypper; then
		upgrade="zypper update $package"
	elif ! missing /usr/bin/dnf; then
		upgrade="dnf upgrade $package"
	else
		upgrade="yum update $package"
	fi
}

apk_package() {	# PATH
	for lists in /usr/lib/apk/db/installed /lib/apk/db/installed; do
		follow "$lists" last || continue
		lists=$followed
		[ -f "$lists" ] || continue
		package=$(NOTED=$1 awk '
			/^P:/ { name = substr($0, 3) }
			/^V:/ { version = substr($0, 3) }
			/^F:/ { directory = "/" substr($0, 3) "/" }
			/^R:/ && directory substr($0, 3) == ENVIRON["NOTED"] {
				print name " " version
				exit
			}' "$lists")
		[ -n "$package" ] || continue
		version=${package#* } package=${package%% *}
		upgrade="apk add --upgrade $package"
		return 0
	done
	return 1
}

pacman_package() {	# PATH
	follow /var/lib/pacman/local last && [ -d "$followed" ] &&
		lists=$followed &&
		package=$(grep -Fxl -e "${1#/}" -- "$lists"/*/files \
			2>/dev/null | head -n 1) && [ -n "$package" ] || return 1
	package=${package%/files} package=${package##*/}
	version=$package package=${package%-*-*}
	version=${version#"$package-"}
	# It does not support upgrades of single packages.
	upgrade='pacman -Syu'
}

# Is PATH a file of an installed package?  Sets $why.  What a package put
# under /etc is the administrator's to change.  What cannot be told counts as one.
is_packaged() {	# PATH
	case $1 in
	/etc/*) return 1 ;;
	esac
	package='' version='' upgrade=''
	why=''
	dpkg_package "$1" || rpm_package "$1" || apk_package "$1" ||
		pacman_package "$1" || return 1
	[ -n "$package" ] || return 0
	why="it belongs to the package $(shown "$package${version:+ $version}")"
	# Somebody may paste the command.
	case $package in
	*[!A-Za-z0-9:.+_~-]*) why="$why: upgrade that" ;;
	*) why="$why: upgrade that ($upgrade)" ;;
	esac
}
