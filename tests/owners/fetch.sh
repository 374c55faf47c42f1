# fetch.sh -- sourced by the owners' tests: gets large or old real programs
# from this machine's own package sources, once, into $OWNERS (a directory).
# shellcheck shell=sh
# shellcheck disable=SC2016 # $(REPO_URI) is apt's own notation
#
#   fetch_npm NAME VERSION           $OWNERS/NAME-VERSION/ is the package
#   fetch_deb SUITE PACKAGE [VERSION]  $OWNERS/SUITE/PACKAGE/ is its content
#   fetch_root SUITE NAME PACKAGE ...  $OWNERS/SUITE/NAME.root is a root directory
#				with these and all that they depend on, for
#				chroot; unpacked only: nothing ran in it
#   fetch_source SUITE PACKAGE	$OWNERS/SUITE/PACKAGE.source/ is its source
#
# All return 1, having said why, when the package cannot be had.

: "${OWNERS:?name the directory where fetched programs are kept}"

fetch_npm() {
	name=$1 version=$2 into=$OWNERS/$1-$2
	[ -e "$into/.complete" ] && return 0
	command -v npm >/dev/null 2>&1 || {
		echo "fetch: npm is not installed" >&2
		return 1
	}
	rm -rf "$into"
	mkdir -p "$into"
	(cd "$into" && npm pack --silent "$name@$version" >/dev/null 2>npm.log &&
		tar xzf ./*.tgz --strip-components=1 && rm -f ./*.tgz npm.log) || {
		echo "fetch: npm could not give $name@$version:" >&2
		cat "$into/npm.log" >&2 2>/dev/null
		return 1
	}
	: >"$into/.complete"
}

# A package index of its own beside the system's, so that another suite of the
# same archive can be read without touching the machine's configuration.
apt_of_suite() {
	suite=$1 area=$OWNERS/apt-$1
	[ -e "$area/.complete" ] && return 0
	uri=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(RELEASE)' \
		'Created-By: Packages' 2>/dev/null |
		sed -n 's/^\([^ ]*\) Debian \(bookworm\|trixie\|sid\)$/\1/p' |
		head -n 1)
	[ -n "$uri" ] || {
		echo "fetch: this machine's apt has no Debian archive" >&2
		return 1
	}
	rm -rf "$area"
	mkdir -p "$area/lists/partial" "$area/archives/partial" "$area/none"
	: >"$area/status"
	keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [signed-by=$keyring] $uri $suite main" >"$area/sources"
	case $suite in
	sid | testing) ;;
	*) # the security archive lies beside the main one where there is one
		security=$(apt-get indextargets \
			--format '$(REPO_URI) $(ORIGIN) $(RELEASE)' \
			'Created-By: Packages' 2>/dev/null |
			sed -n 's/^\([^ ]*\) Debian [a-z]*-security$/\1/p' |
			head -n 1)
		[ -z "$security" ] ||
			echo "deb [signed-by=$keyring] $security $suite-security main" \
				>>"$area/sources"
		;;
	esac
	apt_suite "$suite" update -qq >"$area/log" 2>&1 || {
		echo "fetch: apt could not read $suite:" >&2
		cat "$area/log" >&2
		return 1
	}
	: >"$area/.complete"
}

apt_suite() {
	area=$OWNERS/apt-$1
	shift
	apt-get -o Dir::Etc::sourcelist="$area/sources" \
		-o Dir::Etc::sourceparts="$area/none" \
		-o Dir::Etc::preferencesparts="$area/none" \
		-o Dir::State::lists="$area/lists" \
		-o Dir::State::status="$area/status" \
		-o Dir::Cache="$area" -o Dir::Cache::archives="$area/archives" \
		-o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false "$@"
}

fetch_deb() {
	suite=$1 package=$2 version=${3:-} into=$OWNERS/$1/$2
	[ -e "$into/.complete" ] && return 0
	apt_of_suite "$suite" || return 1
	rm -rf "$into"
	mkdir -p "$into/.deb"
	(cd "$into/.deb" && apt_suite "$suite" download \
		"$package${version:+=$version}" >log 2>&1) || {
		echo "fetch: apt could not give $package of $suite:" >&2
		cat "$into/.deb/log" >&2
		return 1
	}
	for deb in "$into"/.deb/*.deb; do
		dpkg-deb -x "$deb" "$into" || return 1
	done
	: >"$into/.complete"
}

fetch_root() {
	suite=$1 into=$OWNERS/$1/$2.root
	shift 2
	[ -e "$into/.complete" ] && return 0
	apt_of_suite "$suite" || return 1
	rm -rf "$into"
	mkdir -p "$into/.deb/partial"
	# nothing counts as installed, so that everything is fetched
	apt_suite "$suite" -o Dir::Cache::archives="$into/.deb" install -y \
		--download-only --no-install-recommends "$@" \
		>"$into/.deb/log" 2>&1 || {
		echo "fetch: apt could not give $* of $suite:" >&2
		tail -n 5 "$into/.deb/log" >&2
		return 1
	}
	for directory in bin sbin lib lib64; do
		mkdir -p "$into/usr/$directory"
		ln -s "usr/$directory" "$into/$directory"
	done
	for deb in "$into"/.deb/*.deb; do
		# tar, unlike dpkg-deb -x, goes through those links
		dpkg-deb --fsys-tarfile "$deb" |
			tar -x -C "$into" --keep-directory-symlink || return 1
	done
	rm -rf "$into/.deb"
	mkdir -p "$into/tmp" "$into/proc" "$into/dev"
	: >"$into/.complete"
}

# fetch_tree SUITE NAME PACKAGE ...: $OWNERS/SUITE/NAME/ is the content of these
# packages and of everything that they need, as one tree, to be run where it
# lies.  The C library is left out: a program takes the machine's own.
fetch_tree() {
	suite=$1 into=$OWNERS/$1/$2
	[ -e "$into/.complete" ] && return 0
	apt_of_suite "$suite" || return 1
	rm -rf "$into"
	mkdir -p "$into/.deb/partial"
	shift 2
	apt_suite "$suite" install -y -d --no-install-recommends \
		-o Dir::Cache::archives="$into/.deb" \
		-o Debug::NoLocking=1 "$@" >"$into/.log" 2>&1 || {
		echo "fetch: apt could not give $* of $suite:" >&2
		tail -n 5 "$into/.log" >&2
		return 1
	}
	for deb in "$into"/.deb/*.deb; do
		case ${deb##*/} in
		libc6_* | libc-bin_*) continue ;;
		esac
		dpkg-deb -x "$deb" "$into" || return 1
	done
	rm -rf "$into/.deb"
	: >"$into/.complete"
}

# fetch_source SUITE PACKAGE: $OWNERS/SUITE/PACKAGE.source/ is what its authors
# released, without Debian's changes.  An archive that has lost another file of the
# package, a signature, say, is no hindrance.
fetch_source() {
	suite=$1 package=$2 into=$OWNERS/$1/$2.source
	[ -e "$into/.complete" ] && return 0
	apt_of_suite "$suite" || return 1
	grep -q '^deb-src ' "$area/sources" || {
		sed -i '/^deb /{p;s/^deb /deb-src /}' "$area/sources"
		apt_suite "$suite" update -qq >"$area/log" 2>&1 || {
			echo "fetch: apt could not read the sources of $suite:" >&2
			cat "$area/log" >&2
			return 1
		}
	}
	rm -rf "$into"
	mkdir -p "$into/.files"
	(cd "$into/.files" && apt_suite "$suite" source --download-only \
		"$package" >log 2>&1)
	for file in "$into"/.files/*.orig.tar.*; do
		case $file in
		*.asc) continue ;;
		esac
		tar xf "$file" -C "$into" || {
			echo "fetch: apt could not give the source of $package:" >&2
			tail -n 5 "$into/.files/log" >&2
			return 1
		}
	done
	rm -rf "$into/.files"
	: >"$into/.complete"
}
