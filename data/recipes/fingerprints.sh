# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- certificates in files ----

# The SHA-256 of every certificate in a file of this host, a line each.  A
# file without PEM blocks is taken for one certificate in DER.  Fails where FILE
# is none that can be read.
fingerprints() {	# FILE
	[ -f "$1" ] && [ -r "$1" ] || return 1
	if grep -q -e '-----BEGIN [A-Z0-9 ]*CERTIFICATE-----' -- "$1"; then
		pem_lines <"$1" | hash_lines
	else
		sum "$1"
	fi
}

# The base64 of every certificate on a line of its own.  OpenSSL's TRUSTED
# CERTIFICATE holds more than a certificate, and is not one of these.
pem_lines() {
	awk '/^-----BEGIN (X509 )?CERTIFICATE-----/ { inside = 1; line = ""; next }
		/^-----END / { if (inside) print line; inside = 0; next }
		inside { gsub(/[^A-Za-z0-9+\/=]/, ""); line = line $0 }'
}

# A process more for each line is what a large bundle feels: the line comes as a
# here-document, and cut takes all hashes at the end.
hash_lines() {
	while IFS= read -r base64; do
		base64 -d 2>/dev/null <<-EOT | sha256sum
			$base64
		EOT
	done | cut -c 1-64
}
