# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- Java keystores ----

# The password of all keystores, from the environment or the first line of a
# file; never an argument, others could see it.
if [ -z "${TRUSTDRIFT_STOREPASS:-}" ] && [ -n "${TRUSTDRIFT_STOREPASS_FILE:-}" ]
then
	read -r TRUSTDRIFT_STOREPASS <"$TRUSTDRIFT_STOREPASS_FILE" || :
fi
keystore_password=${TRUSTDRIFT_STOREPASS:-changeit}
unset TRUSTDRIFT_STOREPASS JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS

# keytool on the private copy.  The C locale would lose what is not ASCII in
# an alias.  Most of its time is Java's start: a quick compiler and one thread
# for memory take a third of that away, where this Java has them.
keystore() {	# COMMAND...
	case $(od -An -N4 -tx1 "$job/$keystore_name" | tr -d ' ') in
	feedfeed) type=JKS ;;
	cececece) type=JCEKS ;;
	*) type=PKCS12 ;;
	esac
	as_owner env LC_ALL=C.UTF-8 keytool -J-XX:-UsePerfData \
		-J-XX:+IgnoreUnrecognizedVMOptions \
		-J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC \
		-J-Duser.language=en -J-Duser.country=US "$@" \
		-keystore "$job/$keystore_name" -storetype "$type" \
		-storepass:file "$work/in/password"
}

# Where keytool, as whoever it runs, can read it, and no argument or variable.
keystore_hand_password() {
	rm -f -- "$work/in/password"
	printf '%s\n' "$keystore_password" >"$work/in/password" || return 1
	! is_other || chown "$job_uid" "$work/in/password"
}

# The entries of the copy, as "SHA-256 TYPE ALIAS" lines in $work/entries.
# There must be as many as keytool counts.  The same bytes have the same entries:
# what was listed when the copy was closed is not listed again when the step is
# verified.
keystore_listed=''
keystore_entries() {
	keystore_bytes=$(sum "$job/$keystore_name")
	[ -n "$keystore_bytes" ] || return 1
	[ "$keystore_bytes" != "$keystore_listed" ] || return 0
	keystore_listed=''
	: >"$work/certificates" && : >"$work/names" &&
		heard "$work/list" keystore -list -rfc &&
		awk '/^Your keystore contains [0-9]+ entr/ && total == "" {
			total = $4
		}
		/^Alias name: / { n++; alias = substr($0, 13) }
		/^Entry type: / { type = $3 }
		/^-----BEGIN CERTIFICATE-----/ { inside = 1; line = ""; next }
		/^-----END CERTIFICATE-----/ {
			inside = 0
			print line >certificates
			print type " " alias >names
		}
		inside { gsub(/[^A-Za-z0-9+\/=]/, ""); line = line $0 }
		END { exit (total == "" || n + 0 != total + 0) }' \
			certificates="$work/certificates" names="$work/names" \
			"$work/list" &&
		hash_lines <"$work/certificates" |
		paste -d ' ' - "$work/names" | sort >"$work/entries" &&
		keystore_listed=$keystore_bytes
}

# Makes the private copy of the store at PATH and lists it.
keystore_open() {	# PATH
	safely "$1" last || return 1
	keystore_path=${followed#"$root"}
	keystore_name=${keystore_path##*/}
	is_packaged "$keystore_path" && return 1
	job_begin "$keystore_path" "$keystore_name" &&
		keystore_hand_password || return 1
	if ! keystore_entries; then
		why="keytool cannot list it: $(shown "$(head -n 1 "$work/list")")"
		return 1
	fi
}

# Puts the copy in the place of the store, if $work/entries came out as
# $work/wanted says and the store is still what was copied ($before).
keystore_close() {
	keystore_entries && job_end || return 1
	if ! cmp -s "$work/wanted" "$work/entries"; then
		why='keytool did something else: the store is left as it was'
		return 1
	fi
	look_at "$root$keystore_path" && [ "$state" = "$before" ] &&
		keep_once "$keystore_path" &&
		put "$job/$keystore_name" "$keystore_path"
}
