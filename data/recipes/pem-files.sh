# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- PEM files that somebody wrote ----
#
# A block goes with the lines of comment directly before it, which say whose it
# is; everything else stays byte for byte, the line ends too.

# FILE, whose fingerprints are in HELD, without the certificates of $arg_sha256, on
# standard output.  A block that has no end is no certificate.
without_certificate() {	# FILE HELD
	end='
'
	[ -z "$(tail -c 1 -- "$1")" ] || end=''
	SHA256=$arg_sha256 END=$end awk '
		# Lines, and no text that grows: a file may have millions of them.
		function out(  i) {
			for (i = 1; i <= lines; i++) {
				printf "%s%s", newline, held[i]
				newline = "\n"
			}
			lines = 0
		}
		NR == FNR { gone[FNR] = ($0 == ENVIRON["SHA256"]); next }
		# Comments are held back until it is known whose they are.
		!inside && /^[ \t]*(#.*)?\r?$/ { held[++lines] = $0; next }
		/^-----BEGIN (X509 )?CERTIFICATE-----/ {
			if (inside) out()
			inside = 1
		}
		{ held[++lines] = $0 }
		inside {
			if (!/^-----END /) next
			inside = 0
			if (gone[++n]) lines = 0
			else out()
			next
		}
		{ out() }
		END {
			out()
			if (newline != "") printf "%s", ENVIRON["END"]
		}' "$2" "$1"
}

# The certificate of $arg_sha256 from FILE as PEM, if it is there.
pem_of() {	# FILE
	fingerprints "$1" | SHA256=$arg_sha256 awk '
		NR == FNR { found[FNR] = ($0 == ENVIRON["SHA256"]); next }
		/^-----BEGIN (X509 )?CERTIFICATE-----/ { inside = 1; block = "" }
		inside {
			sub(/\r$/, "")
			sub(/X509 /, "")
			block = block $0 "\n"
			if (!/^-----END /) next
			inside = 0
			if (found[++n]) {
				printf "%s", block
				exit
			}
		}' - "$1"
}

# The places where the system's certificates are, sources first.
system_places() {
	find_in() {	# DIRECTORY
		follow "$1" last && [ -d "$followed" ] || return 0
		find "$followed/" -type f 2>/dev/null | sort
	}
	find_in /usr/local/share/ca-certificates
	for path in /etc/pki/ca-trust/source /etc/pki/trust \
		/etc/ca-certificates/trust-source /etc/ca-certs/trusted; do
		find_in "$path/anchors"
	done
	for path in /etc/ssl/certs/ca-certificates.crt \
		/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem \
		/var/lib/ca-certificates/ca-bundle.pem \
		/etc/ca-certificates/extracted/tls-ca-bundle.pem \
		/etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
		resolve "$path" last
	done
}

# Puts the certificate of $arg_sha256 into $work/wanted.pem, from wherever the
# system has it.
certificate_from_system() {
	workspace || return 1
	: >"$work/wanted.pem"
	system_places >"$work/places"
	while IFS= read -r place <&3; do
		[ -f "$place" ] || continue
		if grep -q -e '-----BEGIN' -- "$place"; then
			pem_of "$place" >"$work/wanted.pem"
		elif [ "$(sum "$place")" = "$arg_sha256" ]; then
			{
				echo '-----BEGIN CERTIFICATE-----'
				base64 -w 64 -- "$place"
				echo '-----END CERTIFICATE-----'
			} >"$work/wanted.pem"
		fi
		[ "$(fingerprints "$work/wanted.pem")" != "$arg_sha256" ] ||
			return 0
	done 3<"$work/places"
	why='the system has that certificate no more: audit again'
	return 1
}
