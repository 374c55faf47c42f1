# roots.sh -- sourced by the owners' tests of packages, after fetch.sh: root
# directories in which Debian's own programs run, and this tree as a package.
# shellcheck shell=sh
#
#   root_new SUITE NAME PACKAGE ...  a copy of a Debian with these, in $root, which
#				    the work directory's end removes
#   root_audited		    root_new of what the program needs to run and
#				    to have something to look at
#   root_files			    what there is in $root, but for the notes of
#				    package managers, sorted
#   package_source DIRECTORY	    what git or a release has of this tree
#   package_build DIRECTORY	    its Debian package, as an ordinary user; the log
#				    beside the directory
#   package_for SUITE		    the same, made in that Debian with its compiler
#				    and libraries, in $deb; kept while the tree is
#				    the same
#   package_in_root		    installs $deb into $root
#
#   audits		    how many the program installed in $root has kept
#
# They need root, $work and $srcdir, and return 1 having said why when something
# cannot be had.  $builddir is what $TRUSTDRIFT was built in.

: "${srcdir:?}" "${work:?}" "${builddir:=$(dirname "$TRUSTDRIFT")/..}"
builddir=$(CDPATH='' cd -- "$builddir" && pwd)
[ "$(id -u)" -eq 0 ] || skip "needs root for a root directory of its own"

root_suite() {	# SUITE NAME PACKAGE ...: the one to copy, in $kept
	suite=$1 kept=$OWNERS/$1/$2.debootstrap
	shift 2
	[ "$(cat "$kept/.complete" 2>/dev/null)" = "$*" ] && return 0
	command -v debootstrap >/dev/null 2>&1 || {
		echo "roots: debootstrap is not installed" >&2
		return 1
	}
	apt_of_suite "$suite" || return 1
	mirror=$(sed -n 's/^deb \[[^]]*\] \([^ ]*\) .*/\1/p' \
		"$OWNERS/apt-$suite/sources" | sed -n 1p)
	rm -rf "$kept"
	mkdir -p "$kept"
	debootstrap --variant=minbase --include="$(echo "$*" | tr ' ' ,)" \
		"$suite" "$kept" "$mirror" >"$kept.log" 2>&1 </dev/null || {
		echo "roots: debootstrap could not make $suite:" >&2
		tail -n 5 "$kept.log" >&2
		return 1
	}
	rm -f "$kept"/var/cache/apt/archives/*.deb
	echo "$*" >"$kept/.complete"
}

root_new() {
	root_suite "$@" || return 1
	root=$work/$1-$2
	rm -rf "$root"
	cp -a "$kept" "$root"
	rm -f "$root/.complete"
	# nothing is started in there
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
}

root_audited() {
	root_new bookworm audited ca-certificates openssl libarchive13 \
		libgnutls30 libjansson4 libseccomp2 libsqlite3-0 libxml2 libnettle8
}

root_files() {
	in_root find / -xdev \( -path /var/lib/dpkg -o -path /var/lib/apt \
		-o -path /var/lib/rpm -o -path /var/log -o -path /var/cache \
		-o -path /tmp \) -prune -o -print | sort
}

in_root() {	# COMMAND ...
	chroot "$root" env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root "$@" </dev/null
}

audits() {
	in_root trustdrift show scans --format tsv 2>/dev/null | sed 1d | wc -l |
		tr -d ' '
}

package_source() {
	mkdir -p "$1"
	if [ -e "$srcdir/.git" ]; then
		git -C "$srcdir" ls-files -z |
			tar -C "$srcdir" --null -T - -cf - | tar -C "$1" -xf -
	else
		tar -C "$srcdir" --exclude=./build --exclude=./owners -cf - . |
			tar -C "$1" -xf -
	fi
}

package_build() {
	if [ "$(id -u)" -eq 0 ]; then
		chown -R 65534:65534 "$(dirname "$1")"
		set -- "$1" setpriv --reuid=65534 --regid=65534 --clear-groups
	fi
	directory=$1
	shift
	(cd "$directory" && "$@" env HOME=/nonexistent \
		DEB_BUILD_OPTIONS="nocheck parallel=2" \
		dpkg-buildpackage -us -uc -b) >"$directory.log" 2>&1 || {
		tail -n 20 "$directory.log" >&2
		return 1
	}
}

# What debian/control wants for a build without tests.
package_needs() {
	sed -n '/^Build-Depends:/,/^Standards/{
		/nocheck/d
		s/debhelper-compat/debhelper/
		s/^ \([a-z0-9.+-]*\).*/\1/p
	}' "$srcdir/debian/control"
}

package_for() {
	root_suite "$1" build build-essential ccache || return 1
	root=$kept needs=$(package_needs)
	if [ "$(cat "$kept/.needs" 2>/dev/null)" != "$needs" ]; then
		# debhelper brings it, and it would read all manual pages for minutes
		in_root dpkg-divert --quiet --local --rename --add /usr/bin/mandb
		ln -sf /bin/true "$kept/usr/bin/mandb"
		# shellcheck disable=SC2086 # words
		{
			in_root apt-get update -qq &&
				in_root apt-get install -y -qq \
					--no-install-recommends $needs
		} >"$kept.log" 2>&1 || {
			tail -n 5 "$kept.log" >&2
			return 1
		}
		echo "$needs" >"$kept/.needs"
	fi
	package_source "$work/source/trustdrift"
	# what tests do makes no other package
	sum=$(tar -C "$work/source" --sort=name --mtime=@0 --owner=0 --group=0 \
		--numeric-owner --exclude=trustdrift/tests -cf - trustdrift |
		sha256sum | cut -d ' ' -f 1)
	if [ ! -e "$root/src/$sum" ]; then
		rm -rf "$root/src"
		mv "$work/source" "$root/src"
		in_root env PATH=/usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin \
			CCACHE_DIR=/var/cache/ccache \
			DEB_BUILD_PROFILES=nocheck \
			DEB_BUILD_OPTIONS="nocheck parallel=2" sh -c \
			'cd /src/trustdrift && dpkg-buildpackage -us -uc -b' \
			>"$kept.log" 2>&1 || {
			tail -n 20 "$kept.log" >&2
			return 1
		}
		rm -rf "$root/src/trustdrift"
		: >"$root/src/$sum"
	fi
	rm -rf "$work/source"
	deb=$work/trustdrift.deb
	cp "$root"/src/trustdrift_*.deb "$deb"
}

# Names of what the package depends on.
package_depends() {
	dpkg-deb -f "$deb" Depends | tr ',' '\n' |
		sed 's/^ *\([a-z0-9.+-]*\).*/\1/'
}

package_in_root() {
	cp "$deb" "$root/tmp/"
	in_root dpkg -i /tmp/trustdrift.deb >"$work/dpkg.log" 2>&1 || {
		cat "$work/dpkg.log" >&2
		return 1
	}
	rm "$root/tmp/trustdrift.deb"
}
