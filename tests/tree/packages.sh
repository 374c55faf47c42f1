#!/bin/sh
# packages.sh -- Debian's package and RPM's have the version of configure.ac, the
# spec file has the triggers of data/hooks, and what tells packagers which libraries
# are loaded does so.
: "${srcdir:=.}" "${TRUSTDRIFT:?the program to test}"
linked=$(cd "${builddir:=.}" && pwd -P)/src/library/linked
cd "$srcdir" || exit 1
status=0
version=$(sed -n 's/^AC_INIT(\[trustdrift\], \[\([^]]*\)\].*/\1/p' configure.ac)
spec=packaging/trustdrift.spec
for said in "debian/changelog: $(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)" \
	"$spec: $(sed -n 's/^Version: *//p' $spec)" \
	"$spec, %changelog: $(sed -n '/^%changelog/{n;s/.* - \(.*\)-[0-9]*$/\1/p;}' $spec)"; do
	[ "${said##*: }" = "$version" ] || {
		echo "$said is not configure.ac's $version"
		status=1
	}
done

triggers() { sed -n '/^%transfiletrigger/{p;n;p;}' "$1"; }
[ -n "$(triggers $spec)" ] || status=1
wanted=$(triggers data/hooks/rpm-triggers.in |
	sed 's,@pkgdatadir@,%{_datadir}/%{name},')
[ "$(triggers $spec)" = "$wanted" ] || {
	echo "$spec has other triggers than data/hooks/rpm-triggers.in"
	status=1
}
if [ ! -x "$linked" ]; then
	echo "$linked was not built"
	status=1
elif command -v readelf >/dev/null 2>&1; then
	libraries='libgnutls libxml2'
	case $("$TRUSTDRIFT" --version) in
	*"with    libarchive"*) libraries="$libraries libarchive" ;;
	esac
	for library in $libraries; do
		readelf -d "$linked" | grep -q "NEEDED.*$library" || {
			echo "$linked does not need $library"
			status=1
		}
	done
else
	echo "readelf is missing: what $linked needs was not looked at"
fi
# and rpm can read it
if command -v rpmspec >/dev/null 2>&1; then
	HOME=/nonexistent rpmspec --parse $spec >/dev/null || status=1
else
	echo "rpmspec is missing: $spec was not parsed"
fi
exit $status
