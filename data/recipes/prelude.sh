# shellcheck shell=sh disable=SC2034,SC2154	# the head of the script assigns these
# ---- common to all scripts ------------------------------------------------
#
# Paths in steps are absolute as seen inside the root that is repaired.
# follow() turns one into a path of this host with every symbolic link on the
# way resolved inside that root; enter() makes the directory of a path the
# working directory, so that nobody can put a link in its place afterwards.
# Where somebody other than root owns a link or directory on the way, safely() and
# enter() go no further than to what is theirs: a link in a home must not have root
# change root's files, or another user's.  follow() alone is for looking.
# Directories may belong to users, who can do that at any moment: whatever is made,
# written or removed is a name without a slash in a directory that was entered, and
# nothing is written through a name that they can change.
#
# A recipe gives two functions.  RECIPE_state says what there is to do:
#   0  act ($plan says in words what will be done)
#   1  nothing, it is done already
#   2  it cannot be told, or must not be done by a script ($why)
#   3  only what is derived has to be made again
# and RECIPE_act does it.  When all is done RECIPE_state must say 1.
#
# packages.sh and rollback.sh are in all scripts as well.

set -u
umask 077
unset IFS CDPATH ENV BASH_ENV TMPDIR POSIXLY_CORRECT
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH

line_end='
'
root=$scanned_root mode=run dry_run='' yes='' only='' rollback_dir='' job=''
uid='' backup='' kept=0 locked='' work='' pending='' refreshes='' plan='' why=''
n_done=0 n_already=0 n_skipped=0 n_failed=0 n_would=0 jobs_left=0 by_name=''
# bash says in $PWD by which name it came to a directory, others where that is; and
# only bash has this builtin.
! command -v caller >/dev/null || by_name=yes

say() {
	printf '%s\n' "$*"
}

warn() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# Text met on this host, fit for a terminal.
shown() {
	printf '%s' "$1" | tr -c '[:print:]' '?'
}

usage() {
	cat <<'EOT'
usage: sh SCRIPT [--root DIR] [--dry-run] [--yes] [--only ID]...
       sh SCRIPT [--root DIR] [--dry-run] [--yes] --rollback DIR
       sh SCRIPT --list | --help

  --root DIR      act on the tree DIR and not on the root that was scanned
  --dry-run       say what would be done; change nothing
  --yes           do not ask before each step
  --only ID       only the step for this finding, whose id may be cut short;
                  may be given again
  --list          list the steps
  --rollback DIR  put back what a run of this script kept in DIR; after
                  several runs, the newest first
  --help          this text

Without --yes each step is asked for on the terminal; without a terminal
nothing is changed.  What a step replaces or removes is kept under
/var/lib/trustdrift/backup in the root.
Status: 0 all is done, 1 a step failed, 2 steps were skipped or, with
--dry-run, would change something, 64 wrong usage, 75 another fix script is at
work.
EOT
}

wrong_usage() {
	warn "$*"
	usage >&2
	exit 64
}

# ---- paths ----

# Sets $followed to the path on this host of PATH, and $way to all that was passed,
# one on a line.  Links in its directories are followed inside the root, and the last
# one too when "last" is given.  It is asked for every name of a directory, so it
# starts no process but for a link.
follow() {	# PATH [last]
	follow_rest=$1 follow_at='' follow_hops=0 way=''
	while [ -n "$follow_rest" ]; do
		case $follow_rest in
		*/*)
			follow_part=${follow_rest%%/*}
			follow_rest=${follow_rest#*/}
			;;
		*) follow_part=$follow_rest follow_rest='' ;;
		esac
		case $follow_part in
		'' | .) continue ;;
		..) follow_at=${follow_at%/*} && continue ;;
		*[[:cntrl:]]*) return 1 ;;
		esac
		follow_at=$follow_at/$follow_part
		way="$way$root$follow_at$line_end"
		if [ -L "$root$follow_at" ] && [ -n "$follow_rest${2:-}" ]; then
			follow_hops=$((follow_hops + 1))
			[ "$follow_hops" -le 40 ] || return 1
			# The dot keeps line ends at the end of a target.
			follow_link=$(readlink -n -- "$root$follow_at" &&
				printf .) || return 1
			case $follow_link in
			/*) follow_at='' ;;
			*) follow_at=${follow_at%/*} ;;
			esac
			follow_rest=${follow_link%.}/$follow_rest
		fi
	done
	followed=$root$follow_at
	[ -n "$followed" ] || followed=/
}

# Does $way lead to DIRECTORY through nothing that another one than its owner and
# root can change?  Then what root does there, its owner could do, too.  Whoever owns
# a directory on the way cannot hide that: the first that is not root's lies in one
# of root's.
way_is_safe() {	# DIRECTORY
	[ "$uid" = 0 ] || return 0
	[ -d "$1" ] || return 1
	way_end=$1
	# Split at line ends: no name on it has one.
	IFS=$line_end
	set -f
	# shellcheck disable=SC2086
	set -- $way
	set +f
	unset IFS
	# What is gone meanwhile could have been a link.
	way_owners=$(stat -c '%u %a %F' -- "$way_end/." "$@" 2>/dev/null) ||
		return 1
	way_owner=${way_owners%% *}
	while read -r way_line; do
		case $way_line in
		'0 '[1357]???' directory') ;;
		'0 '*[2367]' directory') return 1 ;;
		'0 '* | "$way_owner "*) ;;
		*' directory' | *' symbolic link') return 1 ;;
		esac
	done <<-END_OF_OWNERS
		$way_owners
	END_OF_OWNERS
}

not_safe() {	# PATH
	why="the way to $1 can be changed by somebody to whom what is there does not"
	why="$why belong"
	return 1
}

# follow(), and may what is there be changed?  $why says why not.
safely() {	# PATH [last]
	follow "$@" || return 1
	[ -e "$followed" ] || [ -L "$followed" ] ||
		way=${way%"$followed$line_end"}
	way_parent=${followed%/*}
	way_is_safe "${way_parent:-/}" || not_safe "$1"
}

# The same on standard output.
resolve() {	# PATH [last]
	safely "$@" && printf '%s\n' "$followed"
}

# The same, as a path inside the root.
inside() {	# PATH [last]
	safely "$@" && printf '%s\n' "${followed#"$root"}"
}

# Makes the directory PATH the working directory.
enter_directory() {	# PATH
	follow "$1" last && change_to "$followed" || return 1
	way_is_safe . || not_safe "$1"
}

# The same with a path of this host, no part of which may be a link.  cd -P says in
# $PWD where it came to.
change_to() {	# DIRECTORY
	cd -P -- "$1" 2>/dev/null && [ "$PWD" = "$1" ] || return 1
	[ "$uid" != 0 ] || [ -z "$by_name" ] || [ "$(env pwd -P)" = "$1" ]
}

# The same with the directory of PATH; sets $name.
enter() {	# PATH
	enter_directory "${1%/*}" && name=./${1##*/}
}

# Is there surely nothing at PATH?  Not when a directory above it is closed.
missing() {	# PATH [last]
	follow "$@" || return 1
	if [ -e "$followed" ] || [ -L "$followed" ]; then
		return 1
	fi
	while [ ! -e "$followed" ] && [ -n "$followed" ]; do
		followed=${followed%/*}
	done
	[ ! -d "${followed:-/}" ] || [ -x "${followed:-/}" ]
}

# Sets $digest to the SHA-256 of FILE; to nothing where that cannot be read.
hash_file() {	# FILE
	digest=$(sha256sum <"$1") || digest=''
	digest=${digest%% *}
	[ -n "$digest" ]
} 2>/dev/null

# The same on standard output.
sum() {	# FILE
	hash_file "$1" && printf '%s\n' "$digest"
}

# Sets $state to what is at a path of this host: "-" nothing, the SHA-256 of a
# regular file, of where a link leads, or of all that is below a directory;
# "unknown", which is the same as nothing else, where that cannot be read.
look_at() {	# FILE
	if [ -L "$1" ]; then
		state=$(readlink -n -- "$1" | sha256sum)
		state=link:${state%% *}
	elif [ -f "$1" ]; then
		if hash_file "$1"; then state=$digest; else state=unknown; fi
	elif [ -d "$1" ]; then
		state=unknown
		if workspace && : >"$work/unread" && tree_list "$1"; then
			digest=$( { (cd -- "$1" && tar -cf - -T "$work/tree") &&
				rm -f -- "$work/unread"; } 2>/dev/null |
				sha256sum)
			[ -e "$work/unread" ] || state=tree:${digest%% *}
		fi
	elif [ -e "$1" ]; then
		state=other
	else
		state=-
	fi
}

# What is below DIRECTORY, but for names that tar would take for something else, and
# what a run that was killed left.
tree_list() (	# DIRECTORY
	cd -- "$1" && find . \( -path '*[[:cntrl:]]*' -o -path '*\\*' -o \
		-name .trustdrift-new \) -prune -o ! -type d -print \
		>"$work/tree" &&
		sort -o "$work/tree" "$work/tree"
)

# Type, mode, owner and time: what a file and its copy must have in common.
about() {	# FILE
	stat -c '%F %a %u %g %y' -- "$1" 2>/dev/null
}

# ---- what is kept, and the journal of changes ----

# Sets $place to where the runs keep what they replace: in the root, or for an
# ordinary user of this host among that user's own files.
backup_place() {
	follow /var/lib/trustdrift/backup last || return 1
	place=$followed
	if [ -z "$root" ] && [ "$uid" != 0 ] && [ ! -w "$place" ] &&
		[ -n "${HOME:-}" ]; then
		place=${XDG_STATE_HOME:-$HOME/.local/state}/trustdrift/backup
	fi
}

# Are these all root's, and may nobody else write there?  After "sticky" they may
# where what is root's stays, as in /tmp.
all_own() {	# [sticky] DIRECTORY ...
	own_sticky=
	[ "$1" != sticky ] || {
		own_sticky=1
		shift
	}
	own_modes=$(stat -c '%u %a' -- "$@" 2>/dev/null) || return 1
	while read -r own_line; do
		case $own_line in
		'0 '[0145] | '0 '*[0145][0145]) ;;
		'0 1'???) [ -n "$own_sticky" ] || return 1 ;;
		*) return 1 ;;
		esac
	done <<-END_OF_MODES
		$own_modes
	END_OF_MODES
}

# What is an ordinary user's is for that user to know.
is_own() {	# DIRECTORY
	[ "$uid" != 0 ] || all_own "$1"
}

# May nobody else put another directory in the place of DIRECTORY?
above_is_own() {	# DIRECTORY
	[ "$uid" = 0 ] && [ -n "$1" ] || return 0
	own_at=$1
	set --
	while [ -n "$own_at" ]; do
		own_at=${own_at%/*}
		set -- "$@" "$own_at/"
	done
	all_own sticky "$@"
}

# May root copy NAME of the working directory?  GNU cp sees that what it opens is what
# it has looked at; other ones could be given root's files for a user's.
may_copy() {	# NAME
	[ "$uid" = 0 ] || return 0
	if is_own . && { [ -L "$1" ] || [ ! -d "$1" ] || is_own "$1"; }; then
		return 0
	fi
	case $(cp --version 2>/dev/null) in
	*GNU*) return 0 ;;
	esac
	why="others may write into its directory, and only GNU cp copies from there"
	why="$why safely: install coreutils"
	return 1
}

# Are the place and what is above it, as far as that is there?
place_is_own() {
	[ "$uid" = 0 ] || return 0
	own_at=$root own_rest=${place#"$root"}
	set --
	while [ -e "$own_at/" ]; do
		set -- "$@" "$own_at/"
		[ -n "$own_rest" ] || break
		own_rest=${own_rest#/}
		own_at=$own_at/${own_rest%%/*}
		case $own_rest in
		*/*) own_rest=/${own_rest#*/} ;;
		*) own_rest='' ;;
		esac
	done
	all_own "$@"
}

# Makes it, and what is above it for everybody to read.
make_place() {
	[ -d "$place" ] || {
		(umask 022 && mkdir -p -- "${place%/*/*}") &&
			mkdir -p -- "$place"
	}
}

# Only one run at a time: two would take each other's changes for a stranger's.
# It is the directory of the backups that is locked, by the kernel, so that the
# lock of a run that was killed is gone with it.  Who cannot make that directory
# cannot change anything either.
lock() {
	[ -z "$dry_run" ] || return 0
	backup_place || return 0
	if ! place_is_own; then
		warn "others may write to $place or to a directory above it:" \
			'nothing is changed; give it to root first'
		exit 2
	fi
	make_place 2>/dev/null && [ -r "$place" ] || return 0
	if command -v flock >/dev/null; then
		exec 9<"$place"
		flock -n 9 && return 0
		warn 'another fix script is at work here: nothing is changed'
	else
		mkdir -- "$place/running" 2>/dev/null &&
			locked=$place/running && return 0
		warn "another fix script is at work here, or one was killed:" \
			"nothing is changed; if none is, remove $place/running"
	fi
	exit 75
}

# Makes this run's directory when it is first needed.
backup_begin() {
	[ -z "$backup" ] || return 0
	backup_place && make_place &&
		directory=$place/$(date -u +%Y%m%dT%H%M%SZ)-$$ &&
		mkdir -- "$directory" "$directory/files" || return 1
	# Whoever finds the directory finds with it what can undo it.
	if grep -q "^script_id='$script_id'\$" "$started_as" 2>/dev/null; then
		cat -- "$started_as" >"$directory/repair.sh" || return 1
	fi
	printf '%s\n' "$script_id" >"$directory/script" &&
		: >"$directory/index" && : >"$directory/changes" &&
		backup=$directory
}

# Copies what is at PATH, a file, link or directory, into the backup.
keep() {	# PATH
	backup_begin && enter "$1" && may_copy "$name" || return 1
	kept=$((kept + 1))
	keep_as=$backup/files/$kept
	{ [ -L "$name" ] || [ -f "$name" ] || [ -d "$name" ]; } &&
		cp -a -- "$name" "$keep_as" &&
		{ [ -L "$keep_as" ] || [ -f "$keep_as" ] ||
			[ -d "$keep_as" ]; } &&
		facts=$(stat -c '%a %u %g %Y' -- "$name") &&
		printf '%s %s %s\n' "$kept" "$facts" "$1" >>"$backup/index" &&
		return 0
	why="what is there could not be kept in $backup: it is left as it was"
	return 1
}

# The same, unless this run has kept it: that is what a rollback puts back, however
# many steps change the file.
keep_once() {	# PATH
	if [ -z "$backup" ] || ! KEPT=$1 awk '{
		# The path stands behind number, mode, owner, group and time.
		for (i = 0; i < 5; i++)
			sub(/^[^ ]* /, "")
		if ($0 == ENVIRON["KEPT"])
			found = 1
	} END { exit !found }' "$backup/index"
	then
		keep "$1"
	fi
}

# Notes that PATH will be in STATE: "?" for as long as that is not known.
record() {	# STATE PATH
	[ "$1" != unknown ] || set -- '?' "$2"
	follow "$2" && printf '%s %s\n' "$1" "${followed#"$root"}" \
		>>"$backup/changes"
}

# Did the run that kept its things in DIRECTORY leave PATH in STATE?
#   0  yes, at its end or on the way
#   1  no
#   2  it was interrupted where the state was not known
#   3  it did not change PATH
was_left() {	# DIRECTORY STATE PATH
	LEFT=$2 NOTED=$3 awk '{
		space = index($0, " ")
		if (substr($0, space + 1) != ENVIRON["NOTED"])
			next
		last = substr($0, 1, space - 1)
		if (last == ENVIRON["LEFT"])
			found = 1
	} END { exit found ? 0 : last == "?" ? 2 : last == "" ? 3 : 1 }' \
		"$1/changes"
}

# Is PATH what was scanned, or what a run of this very script made of it?
unchanged() (	# PATH SHA256
	follow "$1" last && [ ! -d "$followed" ] &&
		path=${followed#"$root"} && backup_place || exit 1
	look_at "$root$path"
	interrupted=''
	[ "$state" != "$2" ] || exit 0
	for directory in "$place"/*; do
		made_by=''
		if [ ! -f "$directory/changes" ] || [ -e "$directory/undone" ] ||
			! read -r made_by <"$directory/script" ||
			[ "$made_by" != "$script_id" ]; then
			continue
		fi
		was_left "$directory" "$state" "$path"
		case $? in
		0) exit 0 ;;
		1) interrupted='' ;;
		2) interrupted=yes ;;
		esac
	done
	[ -n "$interrupted" ]
)

# ---- what takes the place of something ----
#
# It is made in .trustdrift-new, a directory of ours beside it that nobody else can
# enter, or move to another one: the directory above it may belong to a user, and cp
# and ln work on names.

# Makes that directory in the working directory, or takes the one that a run that was
# killed left, and enters it.
enter_stage() {
	stage_above=${PWD%/} stage_made=''
	if [ ! -d ./.trustdrift-new ] || [ -L ./.trustdrift-new ]; then
		rm -f -- ./.trustdrift-new
	fi
	# Not mkdir -m: that of busybox follows a link then.
	! mkdir -- ./.trustdrift-new 2>/dev/null || stage_made=yes
	if change_to "$stage_above/.trustdrift-new"; then
		case $(stat -c '%u %a' .) in
		"$uid "*700) return 0 ;;
		# A directory with a default ACL has no umask.
		"$uid "*) [ -z "$stage_made" ] || ! chmod 700 . || return 0 ;;
		esac
	fi
	change_to "${stage_above:-/}" || return 1
	[ -z "$stage_made" ] || rmdir -- ./.trustdrift-new 2>/dev/null || :
	[ ! -e ./.trustdrift-new ] ||
		why="somebody's .trustdrift-new is in $stage_above: remove it"
	return 1
}

# Back from it, and away with it.
leave_stage() {
	rm -rf -- ./new && cd -P .. && rmdir -- ./.trustdrift-new
}

# Puts a copy of FILE in the place of NAME in the working directory, at once.
# Whatever somebody put there meanwhile, link or directory, is not followed.
replace() {	# FILE NAME
	stage "$1" && take_place "$2"
}

# The half of it that needs room.  What a full disk cut short is removed.
stage() {	# FILE
	[ -L "$1" ] || [ -f "$1" ] || return 1
	enter_stage || return 1
	if rm -rf -- ./new && cp -aT -- "$1" ./new; then
		cd -P .. || return
		return 0
	fi
	leave_stage
	return 1
}

take_place() {	# NAME
	enter_stage || return 1
	if mv -fT -- ./new "../${1#./}"; then
		leave_stage || :
		return 0
	fi
	leave_stage
	return 1
}

# Makes NAME in the working directory a link, at once.
replace_link() {	# TARGET NAME
	enter_stage || return 1
	if rm -rf -- ./new && ln -s -- "$1" ./new; then
		cd -P .. && take_place "$2"
		return
	fi
	leave_stage
	return 1
}

# Makes NAME in the working directory a directory with the mode and owner of LIKE.
replace_directory() {	# LIKE NAME
	enter_stage || return 1
	if rm -rf -- ./new && mkdir -- ./new &&
		chown "$(stat -c '%u:%g' -- "$1")" ./new &&
		chmod "$(stat -c %a -- "$1")" ./new; then
		cd -P .. && take_place "$2"
		return
	fi
	leave_stage
	return 1
}

# Removes what a run that was killed left in the working directory: it may be a copy
# of private keys.
clear_stage() {
	[ -d ./.trustdrift-new ] || [ -L ./.trustdrift-new ] || return 0
	clear_here=$PWD
	if change_to "${clear_here%/}/.trustdrift-new"; then
		case $(stat -c '%u %a' .) in
		"$uid "*700) leave_stage && return 0 ;;
		esac
	fi
	change_to "$clear_here"
}

# Copies the file PATH to $work/original, and again to $work/edited, with its mode,
# owner and time, for what is to take its place.  What somebody made of it meanwhile,
# a link say, would be written through: it is refused.
take_copy() {	# PATH
	workspace && enter "$1" && may_copy "$name" &&
		rm -rf -- "$work/original" "$work/edited" &&
		cp -a -- "$name" "$work/original" &&
		[ -f "$work/original" ] && [ ! -L "$work/original" ] &&
		cp -a -- "$work/original" "$work/edited" && return 0
	why="${why:-$1 could not be copied}: it is left as it was"
	return 1
}

# Removes what runs that were killed had put beside what they changed.
sweep() {
	backup_place || return 0
	for earlier in "$place"/*; do
		if [ ! -f "$earlier/changes" ] || [ -e "$earlier/undone" ]; then
			continue
		fi
		while IFS= read -r line <&3; do
			path=${line#* }
			for path in "${path%/*}" "$path"; do
				[ ! -e "$root$path/.trustdrift-new" ] ||
					! enter_directory "$path" || clear_stage
			done
		done 3<"$earlier/changes"
	done
}

# Puts FILE in the place of PATH, with the mode and owner of FILE.
put() {	# FILE PATH
	why=''
	look_at "$1" && record "$state" "$2" && enter "$2" &&
		replace "$1" "$name" && return 0
	why="${why:-$2 could not be written}: it is left as it was"
	return 1
}

# The same where nothing is yet, with the mode MODE and the owner of the
# directory.
put_new() {	# FILE PATH MODE
	backup_begin && missing "$2" && enter "$2" &&
		chmod "$3" "$1" && owner=$(stat -c '%u:%g' .) &&
		{ [ "$uid" != 0 ] || chown "$owner" "$1"; } &&
		printf '%s - - - - %s\n' - "$2" >>"$backup/index" &&
		put "$1" "$2"
}

# Makes the directory PATH, as those above it that are missing, for everybody to
# read.  An empty directory is no change to any store: it stays.
make_directory() {	# PATH
	follow "$1" last || return 1
	while [ ! -e "$followed" ] && [ -n "$followed" ]; do
		way=${way%"$followed$line_end"}
		followed=${followed%/*}
	done
	way_is_safe "${followed:-/}" || not_safe "$1" || return 1
	follow "$1" last && (umask 022 && mkdir -p -- "$followed")
}

# Removes the name PATH and keeps what it was.
remove() {	# PATH
	keep "$1" && record - "$1" && enter "$1" && rm -f -- "$name" &&
		missing "$1"
}

# A directory for intermediate files; removed at the end.
workspace() {
	[ -n "$work" ] || work=$(mktemp -d)
}

# ---- steps ----

# Is this the root that was scanned?
check_root() {
	[ -n "$host_file" ] || return 0
	follow "$host_file" last && [ -f "$followed" ] &&
		hash_file "$followed" && [ "$digest" = "$host_sha256" ]
}

chosen() {	# FINDINGS
	[ -n "$only" ] || return 0
	for finding in $1; do
		case " $only " in
		*" $finding "*) return 0 ;;
		esac
	done
	return 1
}

confirm() {	# QUESTION
	[ -z "$yes" ] || return 0
	printf '%s [y/N] ' "$1" >&2
	read -r answer || answer=''
	case $answer in
	y | Y | yes) return 0 ;;
	esac
	return 1
}

skip() {	# STEP REASON
	n_skipped=$((n_skipped + 1))
	say "$1: skipped: $2"
}

fail() {	# STEP REASON
	n_failed=$((n_failed + 1))
	say "$1: failed: $2"
}

# The words of a line of the table of steps (each_step, at the end):
# NUMBER RECIPE CONSENT REFRESH TOOLS FINDINGS TITLE

# Each step begins with these: a file that has to be what was scanned.
target() {	# PATH SHA256
	targets="$targets$2 $1
"
}

# Intermediate files that could not be written would read as "it is not there".
ask_state() {	# NUMBER RECIPE
	plan='' why='' targets=''
	"step_$1"
	"${2}_state"
	asked=$?
	if [ -z "$work" ] || { printf '%65536s' '' >"$work/probe"; } 2>/dev/null
	then
		return "$asked"
	fi
	why="nothing can be written to $work: is the disk full?"
	return 2
}

list_step() {
	say "step $1: $7"
	why=''
	"${2}_why"
	[ -z "$why" ] || say "    $why"
	for finding in $6; do
		say "    finding $finding"
	done
}

note_findings() {
	known="$known $6"
}

run_step() {
	chosen "$6" || return 0
	say "step $1: $7"
	for tool in $5; do
		if ! command -v "$tool" >/dev/null; then
			skip "step $1" "$tool is not installed"
			return
		fi
	done
	ask_state "$1" "$2"
	case $? in
	0) do_step act "$@" ;;
	1)
		n_already=$((n_already + 1))
		say "step $1: already done"
		;;
	3)
		# The function has the command's name.
		plan="run $(printf '%s\n' "$4" | tr _ -)"
		do_step refresh "$@"
		;;
	*) skip "step $1" "${why:-its state cannot be told}" ;;
	esac
}

targets_unchanged() {
	while IFS= read -r line <&3; do
		if [ -n "$line" ] && ! unchanged "${line#* }" "${line%% *}"; then
			why="${line#* } is not what was scanned: audit again"
			return 1
		fi
	done 3<<-EOT
		$targets
	EOT
}

do_step() {	# act|refresh, then as above
	part=$1
	shift
	if [ "$part" = act ] && ! targets_unchanged; then
		skip "step $1" "$why"
		return
	fi
	case $plan in
	*[![:print:]]*)
		printf '%s\n' "$plan" | tr -c '[:print:]\n' '?' | sed 's/^/    /'
		;;
	*) say "    $plan" ;;
	esac
	if [ -n "$dry_run" ]; then
		n_would=$((n_would + 1))
		say "step $1: would be done"
	elif [ "$3" = ask ] && [ -n "$yes" ] && [ -z "$only" ]; then
		skip "step $1" 'it needs a decision: name its finding with --only'
	elif ! confirm 'Do this?'; then
		skip "step $1" 'not wanted'
	elif why='' && [ "$part" = act ] && ! "${2}_act"; then
		fail "step $1" "${why:-see above}"
	elif [ -n "$4" ]; then
		pending="$pending $1:$2" refreshes="$refreshes $4"
	else
		verify "$1" "$2"
	fi
}

# Asks the recipe again whether there is something to do.
verify() {	# NUMBER RECIPE
	ask_state "$1" "$2"
	if [ $? = 1 ]; then
		n_done=$((n_done + 1))
		say "step $1: done"
	else
		fail "step $1" "${why:-it is still there}"
	fi
}

# Each updater once, then the steps that needed it are verified.
refresh_all() {
	[ -n "$refreshes" ] || return 0
	for refresh in $(printf '%s\n' "$refreshes" | tr ' ' '\n' | sort -u); do
		"$refresh" || fail "$refresh" 'see above'
	done
	for step in $pending; do
		verify "${step%%:*}" "${step#*:}"
	done
	refreshes='' pending=''
}

# ---- main ----

finish() {
	if [ -n "$job" ] && { ! job_clear || [ "$jobs_left" -gt 0 ]; }; then
		# What an owner has made there is not for root to look into.
		warn "$work cannot be removed: look whose directories are in there"
		rm -f -- "$work"/* 2>/dev/null
		rm -rf -- "$work/in" "$work/hashed" "$work/rpm"
	elif [ -n "$work" ]; then
		rm -rf -- "$work"
	fi
	[ -z "$locked" ] || rmdir -- "$locked"
}

parse() {
	while [ $# -gt 0 ]; do
		case $1 in
		--root | --only | --rollback)
			if [ $# -lt 2 ] || [ -z "$2" ]; then
				wrong_usage "$1 needs a value"
			fi
			;;
		esac
		case $1 in
		--root) root=$2 && shift ;;
		--only)
			case $2 in
			*[!0-9a-f]*) wrong_usage "$(shown "$2") is no finding" ;;
			esac
			only="$only $2" && shift
			;;
		--rollback)
			mode=rollback
			case $2 in
			/*) rollback_dir=$2 ;;
			*/*) rollback_dir=$PWD/$2 ;;
			*) rollback_dir=$2 ;;	# among the backups
			esac
			shift
			;;
		--dry-run) dry_run=1 ;;
		--yes) yes=1 ;;
		--list) mode=list ;;
		--help) usage && exit 0 ;;
		*) wrong_usage "what is $(shown "$1")?" ;;
		esac
		shift
	done
}

# The findings that --only names, by their whole ids or how these begin.
expand_only() {
	known='' whole=''
	each_step note_findings
	for begin in $only; do
		match=''
		for finding in $known; do
			case $finding in
			"$match") ;;
			"$begin"*)
				[ -z "$match" ] || wrong_usage \
					"several findings begin with $(shown "$begin")"
				match=$finding
				;;
			esac
		done
		[ -n "$match" ] ||
			wrong_usage "no step is for the finding $(shown "$begin")"
		whole="$whole $match"
	done
	only=$whole
}

main() {
	parse "$@"
	expand_only
	if [ "$mode" = list ]; then
		each_step list_step
		exit 0
	fi
	[ -n "$root" ] || wrong_usage 'the root has no name here: give --root'
	case $0 in
	*/*) started_as=${0%/*}/ ;;
	*) started_as=./ ;;
	esac
	started_as=$(cd -P -- "$started_as" && pwd -P)/${0##*/}
	asked_root=$root
	root=$(cd -P -- "$root" 2>/dev/null && pwd -P) || {
		warn "there is no directory $(shown "$asked_root")"
		exit 1
	}
	root=${root%/} uid=$(id -u)
	trap finish EXIT
	trap 'exit 1' HUP INT TERM PIPE
	if ! is_own "$root/" || ! above_is_own "$root"; then
		warn "$root/ or a directory above it belongs to another user, or" \
			'others may write there: run this in that system, or as' \
			'that user'
		exit 2
	fi
	if ! check_root; then
		warn "not the root that was scanned, its $host_file differs:" \
			'nothing is changed'
		exit 2
	fi
	if [ -z "$yes$dry_run" ] && [ ! -t 0 ]; then
		warn 'no terminal to ask on and no --yes: nothing is changed'
		dry_run=1
	fi
	lock
	[ -n "$dry_run" ] || sweep
	if [ "$mode" = rollback ]; then
		rollback
	else
		each_step run_step
		refresh_all
	fi
	say "$n_done done, $n_already already done, $n_would would be done," \
		"$n_skipped skipped, $n_failed failed"
	[ -z "$backup" ] || say "what was replaced is kept in $backup"
	[ "$n_failed" = 0 ] || exit 1
	[ "$n_skipped$n_would" = 00 ] || exit 2
	exit 0
}
