#!/bin/sh
# debian-updater.sh -- a CA leaves Debian's system store, the real
# update-ca-certificates doing it, in a root of its own: by chroot from outside
# and, as on a live host, by a script that runs inside.
# shellcheck source=tests/fix/lib.sh
. "${srcdir:=.}/tests/fix/lib.sh"
[ "$(id -u)" = 0 ] || skip "chroot needs root"
for tool in update-ca-certificates openssl run-parts mawk ldd; do
	command -v $tool >/dev/null || skip "$tool is missing"
done

# A root with just the programs that the updater and a script run.
system=$work/system
mkdir -p "$system/dev" "$system/tmp" "$system/bin" "$system/usr/lib/ssl" \
	"$system/etc/ca-certificates/update.d"
mknod -m 666 "$system/dev/null" c 1 3 2>/dev/null ||
	skip "no device nodes can be made here"
( : >"$system/dev/null") 2>/dev/null || skip "device nodes do not work here"
ln -s bin "$system/sbin"
ln -s ../bin "$system/usr/bin"
ln -s ../bin "$system/usr/sbin"
cp "$(command -v update-ca-certificates)" "$system/bin/"
for tool in dash sed find sort mktemp ln rm mv cat chmod readlink basename \
	dirname wc test openssl run-parts sha256sum base64 mawk cp stat tar tr \
	head tail cut date mkdir rmdir id touch cmp uniq grep env; do
	path=$(command -v $tool)
	case $path in
	/*) ;;
	*) path=/usr/bin/$tool ;;
	esac
	cp -L "$path" "$system/bin/$tool"
	ldd "$path" | grep -o '/[^ ]*'
done | sort -u | while IFS= read -r library; do
	mkdir -p "$system${library%/*}"
	cp -L "$library" "$system$library"
done
ln -s dash "$system/bin/sh"
ln -s mawk "$system/bin/awk"
ln -s test "$system/bin/["
: >"$system/usr/lib/ssl/openssl.cnf"
cat >"$system/etc/ca-certificates/update.d/note" <<'END'
#!/bin/sh
exec cat >>/told
END
chmod 755 "$system/etc/ca-certificates/update.d/note"
chroot "$system" update-ca-certificates --help >/dev/null 2>&1 ||
	skip "programs do not run in a chroot here"

in_root() { chroot "$root" env -i PATH=/usr/sbin:/bin "$@"; }

# debian_new: three packaged CAs, one of them with a name that the updater
# changes, and a local one.  Nothing writes into programs: they are links to those
# of all roots, and are not listed.
listed='./etc ./usr/share ./usr/local ./usr/lib/ssl ./var ./home'
debian_new() {
	root_new
	cp -al "$system/." "$root/"
	if [ -d "$work/debian" ]; then
		cp -a --remove-destination "$work/debian/." "$root/"
		return
	fi
	mkdir -p "$certs" "$share/mozilla" "$local"
	ln -s /etc/ssl/certs "$root/usr/lib/ssl/certs"
	pem root >"$share/mozilla/root.crt"
	pem other >"$share/mozilla/other.crt"
	pem utf8 >"$share/mozilla/An odd (one).crt"
	pem spaces >"$local/spaces.crt"
	printf '%s\n' mozilla/root.crt mozilla/other.crt \
		'mozilla/An odd (one).crt' >"$root/etc/ca-certificates.conf"
	in_root update-ca-certificates >/dev/null 2>&1
	rm -f "$root/told"
	mkdir -p "$work/debian/usr/lib"
	cp -a "$root/etc" "$work/debian/"
	cp -a "$root/usr/share" "$root/usr/local" "$work/debian/usr/"
	cp -a "$root/usr/lib/ssl" "$work/debian/usr/lib/"
}

# What OpenSSL finds there, by hash, of the five.
trusted() {
	pem_file root other utf8 spaces latin1
	mkdir "$root/asked"
	cp "$work"/pem/* "$root/asked/"
	in_root openssl verify -no_check_time -partial_chain -no-CAfile \
		-CApath /etc/ssl/certs /asked/root /asked/other /asked/utf8 \
		/asked/spaces /asked/latin1 2>/dev/null |
		sed -n 's|^/asked/\(.*\): OK$|\1|p' | tr '\n' ' '
	rm -r "$root/asked"
}

# What is in the bundle, of the five.
in_bundle() {
	for name in root other utf8 spaces latin1; do
		pem_file $name
		line=$(sed -n 4p "$work/pem/$name")
		! grep -Fqx "$line" "$root$bundle" || printf '%s ' $name
	done
}

# From outside by chroot, or inside as on a live host.
act() {
	if [ "$how" = chroot ]; then
		run "$@"
	else
		cp "$work/fix.sh" "$root/tmp/fix.sh"
		status=0
		in_root sh /tmp/fix.sh --root / "$@" >"$work/out" 2>&1 \
			</dev/null || status=$?
		rm -f "$root/tmp/fix.sh"
	fi
}

# try WHAT LEFT TOLD: the script works, and everything comes back
# shellcheck disable=SC2016 # the inner shell expands
try() {
	make
	before=$(listing)
	act --yes
	is "$how, $1: status" "$status" 0
	[ "$status" = 0 ] || cat "$work/out" >&2
	is "$how, $1: by hash" "$(trusted)" "$2"
	is "$how, $1: bundle" "$(in_bundle)" "$2"
	is "$how, $1: links that lead nowhere" \
		"$(in_root sh -c 'find /etc/ssl/certs -type l |
			while IFS= read -r link; do
				[ -e "$link" ] || echo "$link"
			done')" ""
	is "$how, $1: the hooks know" "$(grep '^-' "$root/told" | sort -u |
		tr '\n' ' ')" "$3"
	is "$how, $1: what hooks make can be read" \
		"$(stat -c %a "$root/told")" 644
	rm -f "$root/told"
	after=$(listing)
	act --yes
	is "$how, $1: again" "$status" 0
	is "$how, $1: again nothing" "$(listing)" "$after"
	kept=$(backup)
	act --yes --rollback "${kept##*/}"
	is "$how, $1: rollback" "$status" 0
	is "$how, $1: bit for bit" "$(listing)" "$before"
}

for how in chroot live; do
	debian_new
	is "$how: the store works" "$(trusted)" "root other utf8 spaces "
	ca 1 root $bundle
	try packaged "other utf8 spaces " "-/etc/ssl/certs/root.pem "
	debian_new
	ca 1 utf8 $bundle
	try "odd name" "root other spaces " "-/etc/ssl/certs/An_odd_=one=.pem "
	debian_new
	ca 1 spaces /usr/local/share/ca-certificates/spaces.crt
	try local "root other utf8 " "-/etc/ssl/certs/spaces.pem "
	debian_new
	ca 1 spaces $bundle
	ca 2 other $bundle
	try both "root utf8 " \
		"-/etc/ssl/certs/other.pem -/etc/ssl/certs/spaces.pem "
	debian_new
	pem latin1 >"$certs/stray.pem"
	in_root openssl rehash /etc/ssl/certs
	ca 1 latin1 /etc/ssl/certs/stray.pem
	try stray "root other utf8 spaces " ""
	debian_new
	rm "$certs/root.pem" "$certs/$(openssl x509 -inform DER -noout \
		-subject_hash -in "$certificates/root.der").0"
	printf 'id %032x\nrecipe debian-refresh\nrule r\n' 1 >>"$work/findings"
	try refresh "root other utf8 spaces " ""

	# A local file was put there and one of a package deselected, and nobody
	# has run the updater.
	debian_new
	pem latin1 >"$local/latin1.crt"
	sed -i 's,^mozilla/other,!&,' "$root/etc/ca-certificates.conf"
	printf 'id %032x\nrecipe debian-update\nrule r\n' 1 >>"$work/findings"
	try update "root utf8 spaces latin1 " "-/etc/ssl/certs/other.pem "
	# It would take out what somebody put into the bundle itself.
	debian_new
	pem latin1 >"$local/latin1.crt"
	pem several >>"$root$bundle"
	printf 'id %032x\nrecipe debian-update\nrule r\n' 1 >>"$work/findings"
	make
	before=$(listing)
	act --yes
	is "$how, by hand: status" "$status" 2
	ok "$how, by hand: why" grep -q "nothing selects" "$work/out"
	is "$how, by hand: nothing is changed" "$(listing)" "$before"
done
finish
