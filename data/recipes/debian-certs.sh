# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- Debian's system store ----
#
# /etc/ssl/certs is made by update-ca-certificates from the lines of
# /etc/ca-certificates.conf and the files under /usr/local/share: links with
# readable names, links with hash names to these, and a bundle.

certs=/etc/ssl/certs
certs_conf=/etc/ca-certificates.conf
certs_share=/usr/share/ca-certificates
certs_local=/usr/local/share/ca-certificates
surveyed=''

# All *.crt files below PATH, through links as well, as paths inside the root.
crt_files() (	# PATH [DEPTH]
	follow "$1" last || exit 1
	for file in "$followed"/* "$followed"/.[!.]*; do
		path=$1/${file##*/}
		follow "$path" last || continue
		if [ -d "$followed" ] && [ "${2:-0}" -lt 8 ]; then
			crt_files "$path" $((${2:-0} + 1))
		elif [ -f "$followed" ]; then
			case $path in
			*[[:cntrl:]]*) ;;
			*.crt) printf '%s\n' "$path" ;;
			esac
		fi
	done
)

# What the configuration says about CERTIFICATE: "on", "off" or nothing.  The
# updater trims the lines, and a plain line wins.
conf_says() {	# CERTIFICATE
	follow "$certs_conf" last && CERTIFICATE=$1 awk '{
			gsub(/^[ \t]+|[ \t]+$/, "")
		}
		$0 == ENVIRON["CERTIFICATE"] { on = 1 }
		$0 == "!" ENVIRON["CERTIFICATE"] { off = 1 }
		END { print on ? "on" : off ? "off" : "" }' "$followed"
}

# ---- what is there ----
#
# $work/survey has a line "SHA-256 KIND FILE<TAB>PATH" for every certificate:
# KIND is share, local, stray (put into the directory by hand) or bundle, FILE
# where PATH leads in the end.  $work/links has "FILE<TAB>TARGET<TAB>PATH" for
# every link of the directory, TARGET as it is written, FILE "-" if there is
# none.  Names with control characters cannot be in either.
survey() {
	[ -z "$surveyed" ] || return 0
	workspace && safely "$certs" last && certs_real=${followed#"$root"} &&
		enter_directory "$certs_real" && : >"$work/links" || return 1
	{
		crt_files "$certs_share" | survey_files share &&
			crt_files "$certs_local" | survey_files local &&
			survey_directory && echo end
	} >"$work/files" && survey_prints && surveyed=1
}

survey_files() {	# KIND
	while IFS= read -r path; do
		survey_file "$1" "$path" || return 1
	done
}

survey_directory() {
	set --
	for file in * .[!.]*; do
		if survey_name "$certs_real/$file"; then
			set -- "$@" "$file"
		fi
	done
	survey_links "$@"
}

survey_file() {	# KIND PATH
	follow "$2" last || return 0
	printf '%s %s\t%s\n' "$1" "${followed#"$root"}" "$2"
}

# What is no link; true if it is one.
survey_name() {	# PATH
	case $1 in
	*[[:cntrl:]]*)
		echo 'odd name'
		return 1
		;;
	"$certs_real/ca-certificates.crt")
		survey_file bundle "$1"
		return 1
		;;
	*/.trustdrift-new) return 1 ;; # of a run that was killed
	esac
	[ ! -L "$root$1" ] || return 0
	[ ! -f "$root$1" ] || survey_file stray "$1"
	return 1
}

# The links of the working directory, of which there are hundreds: one process
# reads all, and where a link leads to another that one is not read again.
survey_links() {	# NAME...
	[ $# -gt 0 ] || return 0
	readlink -- "$@" >"$work/targets" 2>/dev/null
	# Busybox reads one, and a target may have several lines.
	if [ "$(wc -l <"$work/targets")" -ne $# ]; then
		for link; do
			readlink -n -- "$link" | tr '[:cntrl:]' '?'
			echo
		done >"$work/targets"
	fi
	printf '%s\n' "$@" >"$work/names" || return 1
	tr '\001-\011\013-\037\177' '?' <"$work/targets" | awk '
		NR == FNR { name[n++] = $0; next }
		{ target[name[FNR - 1]] = $0 }
		END {
			for (i = 0; i < n; i++) {
				last = target[name[i]]
				for (hops = 0; last in target && hops < 40; hops++)
					last = target[last]
				if (last != "")
					print last "\t" target[name[i]] "\t" \
						name[i]
			}
			print "end"
		}' "$work/names" - >"$work/followed" || return 1
	while IFS='	' read -r last target link; do
		case $last:$target in
		end:) return 0 ;;
		esac
		case $last in
		/*) ;;
		*) last=$certs_real/$last ;;
		esac
		link=$certs_real/$link real=-
		! follow "$last" last || [ ! -f "$followed" ] ||
			real=${followed#"$root"}
		printf '%s\t%s\t%s\n' "$real" "$target" "$link" \
			>>"$work/links" || return 1
		case $real:$target in
		-:*) ;;
		*:"$certs_share"/* | *:"$certs_local"/*) ;;
		*:*/*) survey_file stray "$link" ;;
		esac
	done <"$work/followed"
	return 1
}

# Makes $work/survey of $work/files.  The same certificate is in the packages'
# file and in the bundle, and was there when it was looked last: each is decoded
# once a run, and $work/prints has "BASE64 SHA-256" for all that were.
survey_prints() {
	[ -f "$work/prints" ] || : >"$work/prints"
	ROOT=$root awk -F '\t' '
		/^odd name$/ { print; next }
		/^end$/ { ended = 1; next }
		{
			file = ENVIRON["ROOT"] substr($1, index($1, " ") + 1)
			inside = pem = 0
			while ((getline line <file) > 0) {
				if (line ~ /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/)
					pem = 1
				if (line ~ /^-----BEGIN (X509 )?CERTIFICATE-----/) {
					inside = 1
					base64 = ""
				} else if (line ~ /^-----END /) {
					if (inside)
						print base64 "\t" $0
					inside = 0
				} else if (inside) {
					gsub(/[^A-Za-z0-9+\/=]/, "", line)
					base64 = base64 line
				}
			}
			close(file)
			# One certificate in DER.
			if (!pem)
				print "-\t" $0
		}
		END { exit !ended }' "$work/files" >"$work/found" || return 1
	awk -F '\t' 'FILENAME == known { split($0, word, " "); seen[word[1]]; next }
		NF > 1 && $1 != "-" && !($1 in seen) { seen[$1]; print $1 }' \
		known="$work/prints" "$work/prints" "$work/found" \
		>"$work/new"
	if [ -s "$work/new" ]; then
		hash_lines <"$work/new" >"$work/hashes" &&
			awk 'NR == FNR { line[FNR] = $0; next }
				{ print line[FNR] " " $0 }' \
				"$work/new" "$work/hashes" \
				>>"$work/prints" || return 1
	fi
	awk -F '\t' 'FILENAME == known {
			space = index($0, " ")
			prints[substr($0, 1, space - 1)] = substr($0, space + 1)
			next
		}
		NF < 2 || $1 == "-" { print; next }
		{ print prints[$1] " " $2 "\t" $3 }' \
		known="$work/prints" "$work/prints" "$work/found" \
		>"$work/survey" || return 1
	! grep -q '^-' "$work/survey" || {
		mv -f -- "$work/survey" "$work/half" &&
			survey_der <"$work/half" >"$work/survey"
	}
}

# Puts the hash of the file itself where a line has none.
survey_der() {
	while IFS= read -r line; do
		case $line in
		-*)
			real=${line#*	} && real=${real#* } && real=${real%%	*}
			[ -e "$root$real" ] || continue
			if ! print=$(sum "$root$real"); then
				why="it cannot be read: $(shown "$real")"
				return 1
			fi
			line="$print ${line#-	}"
			;;
		esac
		printf '%s\n' "$line"
	done
}

# The links that update-ca-certificates --fresh would take away: those that
# lead nowhere, and those to files that are not selected any more.
stale_links() {
	follow "$certs_conf" last &&
		CONF=$followed SHARE=$certs_share/ awk -F '\t' '
		FILENAME == ENVIRON["CONF"] {
			gsub(/^[ \t]+|[ \t]+$/, "")
			on[$0]
			next
		}
		$1 == "-" { print $3; next }
		index($2, ENVIRON["SHARE"]) == 1 &&
			!(substr($2, length(ENVIRON["SHARE"]) + 1) in on) {
			print $3
		}' "$followed" "$work/links"
}

# ---- making it again ----

# On another root only where its programs run, and find a /dev/null there.
updater_works() {
	if [ -n "$root" ]; then
		[ "$uid" = 0 ] && [ -c "$root/dev/null" ] &&
			chroot "$root" openssl version >/dev/null 2>&1 &&
			chroot "$root" update-ca-certificates --help \
				>/dev/null 2>&1
	else
		command -v update-ca-certificates >/dev/null
	fi
}

# What the updater and its hooks make is for everybody to read.
in_its_root() (	# COMMAND...
	umask 022
	exec 9<&-	# the lock, which a hook may start a daemon with
	if [ -n "$root" ]; then
		exec chroot "$root" "$@" >&2
	fi
	exec "$@" >&2
)

# The updater tells its hooks of every link that it takes away because of a
# "!" line and of no other, so that Java would keep a CA whose local file is
# gone.  The hooks are told here the names that went away silently.
tell_hooks() {	# FILE
	gone=$(while IFS= read -r link; do
		[ "${link%.pem}" = "$link" ] || [ -L "$root$link" ] ||
			[ -e "$root$link" ] ||
			printf -- '-%s/%s\n' "$certs" "${link##*/}"
	done <"$1")
	hooks=/etc/ca-certificates/update.d
	[ -n "$gone" ] && [ -d "$root$hooks" ] || return 0
	# shellcheck disable=SC2016	# the inner shell expands these
	in_its_root sh -c 'for hook in $(run-parts --test -- "$1"); do
		printf "%s\n" "$2" | "$hook"
	done' sh "$hooks" "$gone"
}

# Without the updater, inside the root: takes away what --fresh would, closes
# the gaps in the hash names (OpenSSL stops looking at the first gap), and puts
# the bundle together from what is selected.  The bundle alone needs room, so it
# is written first, that a full disk changes nothing; it takes its place last,
# because by what it holds the next run knows whether this one came to its end.
remake_store() {
	bundle=$certs_real/ca-certificates.crt
	enter_directory "$certs_real" && stale_links >"$work/stale" &&
		copy_of_bundle && selected_files >"$work/edited" &&
		[ -s "$work/edited" ] &&
		enter "$bundle" && stage "$work/edited" && remake_links &&
		enter "$bundle" && take_place "$name"
}

# What is no file, a link say, becomes one, as it does with the updater.
copy_of_bundle() {
	if [ -f "$root$bundle" ] && [ ! -L "$root$bundle" ]; then
		take_copy "$bundle"
	else
		rm -rf -- "$work/edited" && : >"$work/edited" &&
			chmod 644 "$work/edited"
	fi
}

remake_links() {
	while IFS= read -r link; do
		rm -f -- "./${link##*/}" || return 1
	done <"$work/stale"
	for link in *; do
		if [ -L "$link" ] && follow "$certs_real/$link" last &&
			[ ! -e "$followed" ]; then
			rm -f -- "./$link" || return 1
		fi
	done
	hash_names | awk -F . '
		$1 != last { last = $1; n = 0 }
		$2 "" != n "" { print $0 " " $1 "." n }
		{ n++ }' >"$work/gaps"
	while IFS=' ' read -r old new; do
		mv -fT -- "./$old" "./$new" || return 1
	done <"$work/gaps"
}

# The hash names of the working directory, in order.
hash_names() {
	find . -name '*.[0-9]*' |
		sed -n 's/^\.\/\([0-9a-f]\{8\}\.[0-9][0-9]*\)$/\1/p' |
		sort -t . -k 1,1 -k 2,2n
}

# All selected files in the updater's order, each with a newline at its end.
selected_files() {
	{
		sed -e '/^[!#]/d' -e 's/^[[:blank:]]*//' \
			-e 's/[[:blank:]]*$//' -e '/^$/d' \
			-e "s|^|$certs_share/|" -- "$(resolve "$certs_conf" last)"
		crt_files "$certs_local" | sort
	} | while IFS= read -r path; do
		if follow "$path" last && [ -f "$followed" ]; then
			cat -- "$followed" || exit 1
			[ -z "$(tail -c 1 -- "$followed")" ] || echo
		fi
	done
}

# What is derived is made again as a whole or not at all: where that fails, say
# on a full disk, the directory is put back, and the sources keep the change.
update_ca_certificates() {
	surveyed=''
	survey && enter_directory "$certs_real" && clear_stage &&
		keep "$certs_real" &&
		echo update_ca_certificates >"$backup/refresh" || return 1
	before=$backup/files/$kept
	java=$certs_real/java/cacerts
	for path in "$certs_real" "$certs_real/ca-certificates.crt" "$java"; do
		record '?' "$path" || return 1
	done
	status=0
	remake_all || status=1
	if [ "$status" = 1 ] && restore_tree "$before" "$certs_real"; then
		warn "$certs could not be made again and is put back as it was;" \
			'run this again to go on'
	fi
	surveyed=''
	for path in "$java" "$certs_real/ca-certificates.crt" "$certs_real"; do
		look_at "$root$path"
		record "$state" "$path" || return 1
	done
	return "$status"
}

remake_all() {
	if updater_works; then
		stale_links | while IFS= read -r link; do
			[ -e "$root$link" ] || printf '%s\n' "$link"
		done >"$work/silent"
		in_its_root update-ca-certificates || return 1
		surveyed=''
		survey && stale_links >"$work/stale" || return 1
		if [ -s "$work/stale" ]; then
			cat -- "$work/stale" >>"$work/silent"
			in_its_root update-ca-certificates --fresh || return 1
		fi
		tell_hooks "$work/silent" || return 1
	else
		warn 'update-ca-certificates cannot run there: links and bundle' \
			'are made again without it; its hooks (Java) do not run'
		remake_store || return 1
	fi
}
