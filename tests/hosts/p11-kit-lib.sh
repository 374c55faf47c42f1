# p11-kit-lib.sh -- sourced by the tests that ask p11-kit's own `trust`: it is
# pointed to tokens below a fake root by a module configuration of a user's.
# shellcheck shell=sh
#
# $work and $root are those of lib.sh's tests.
# $P11_TRUST runs `trust`, $P11_MODULE is its trust module; by default those of
# this host.

: "${work:?a scratch directory}" "${root:?a fake root}"
: "${P11_TRUST:=trust}" "${P11_MODULE:=p11-kit-trust.so}"

# Root has no configuration of its own to p11-kit, so it becomes nobody.
if [ "$(id -u)" -eq 0 ]; then
	p11_user='setpriv --reuid=65534 --regid=65534 --clear-groups'
	command -v setpriv >/dev/null || skip "needs setpriv (util-linux)"
else
	p11_user=
fi
p11_home=$work/p11-home
mkdir -p "$p11_home/.config/pkcs11/modules"
chmod a+rx "$work"

# p11_trust TOKEN[:TOKEN...] ARGUMENT ...: what it says on stdout
p11_trust() {
	tokens=$1
	shift
	cat >"$p11_home/.config/pkcs11/modules/p11-kit-trust.module" <<-END
	module: $P11_MODULE
	priority: 1
	trust-policy: yes
	x-init-reserved: paths='$tokens'
	END
	chmod -R a+rX "$p11_home" "$root"
	# shellcheck disable=SC2086 # words
	env -u XDG_CONFIG_HOME HOME="$p11_home" $p11_user $P11_TRUST "$@" \
		2>>"$work/p11-messages"
}

# hashes FILE ...: SHA-256 of each certificate in PEM files, sorted
hashes() {
	/usr/bin/python3 -I - "$@" <<-'END'
	import base64, hashlib, re, sys
	found = set()
	for name in sys.argv[1:]:
	    text = open(name).read()
	    for label, body in re.findall("-----BEGIN (TRUSTED )?CERTIFICATE-----(.*?)-----END", text, re.S):
	        der = base64.b64decode(body)
	        n = der[1] if der[1] < 128 else int.from_bytes(der[2:2 + (der[1] & 127)], "big")
	        n += 2 if der[1] < 128 else 2 + (der[1] & 127)
	        found.add(hashlib.sha256(der[:n]).hexdigest())
	print("\n".join(sorted(found)))
	END
}

# theirs TOKENS FILTER [PURPOSE]: SHA-256 of what `trust extract` writes
theirs() {
	out=$work/p11-out
	rm -rf "$out"
	mkdir -m 1777 "$out"
	p11_trust "$1" extract --format=pem-bundle --filter="$2" \
		${3:+--purpose="$3"} "$out/bundle.pem"
	if [ -e "$out/bundle.pem" ]; then hashes "$out/bundle.pem"; fi
	chmod -R u+w "$out"
}

# ours_select SQL: the first column, sorted
ours_select() {
	"$TRUSTDRIFT" query --db "$work/p11.db" --format tsv "$1" | sed 1d | sort -u
}
ours_scan() {
	rm -f "$work/p11.db"
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/p11.db" \
		--now 2027-01-01T00:00:00Z || [ $? -eq 4 ]
}
ours_anchors() {
	ours_select "SELECT sha256 FROM v_anchor WHERE party = 'p11-kit'"
}
ours_distrusted() {
	ours_select "SELECT sha256 FROM v_entry WHERE role = 'distrust'
		AND kind LIKE 'p11-kit-%' AND kind <> 'p11-kit-blacklist'"
}
