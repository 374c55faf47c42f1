# shellcheck shell=sh disable=SC2034,SC2154	# a part of a script
# ---- putting back ----

# Sets $exactly where PATH is as the run left it at the end.
may_restore() {	# STATE PATH
	exactly=''
	was_left "$rollback_dir" "$@"
	case $? in
	0) exactly=yes ;;
	2) ;;
	*) return 1 ;;
	esac
}

# What the run made where nothing was.
restore_nothing() {	# PATH
	if follow "$1"; then real=$followed; else real=''; fi
	if [ -z "$real" ]; then
		fail restore "$1 cannot be reached"
	elif [ ! -e "$real" ] && [ ! -L "$real" ]; then
		n_already=$((n_already + 1))
		say "restore: already gone: $1"
	elif look_at "$real" && ! may_restore "$state" "${real#"$root"}"; then
		skip restore "$1 has changed since"
	elif [ -n "$dry_run" ]; then
		n_would=$((n_would + 1))
		say "restore: would be removed: $1"
	elif enter "$1" && rm -f -- "$name"; then
		n_done=$((n_done + 1))
		say "restore: removed: $1"
	else
		fail restore "$1 could not be removed"
	fi
}

restore() {	# NUMBER PATH
	if [ "$1" = - ]; then
		restore_nothing "$2"
		return
	fi
	copy=$rollback_dir/files/$1 why=''
	if follow "$2"; then real=$followed; else real=''; fi
	look_at "$copy"
	was=$state
	look_at "$real"
	now=$state
	if [ "$was" = - ] || [ "$was" = unknown ] || [ -z "$real" ]; then
		fail "restore $1" "the backup of $2 cannot be read"
	elif [ "$now" = "$was" ] &&
		[ "$(about "$real")" = "$(about "$copy")" ]; then
		n_already=$((n_already + 1))
		say "restore $1: already there: $2"
	elif ! may_restore "$now" "${real#"$root"}"; then
		if [ -d "$copy" ] && [ -z "$dry_run" ] &&
			[ -f "$rollback_dir/refresh" ]; then
			refreshes="$refreshes $(cat "$rollback_dir/refresh")"
			say "restore $1: has changed since, is made again: $2"
		else
			skip "restore $1" "$2 has changed since"
		fi
	elif [ -n "$dry_run" ]; then
		n_would=$((n_would + 1))
		say "restore $1: would be put back: $2"
	elif
		if [ -d "$copy" ]; then
			# What is there if this is killed is not known.
			printf '? %s\n' "${real#"$root"}" \
				>>"$rollback_dir/changes" &&
				restore_tree "$copy" "$2" "$exactly"
		else
			enter "$2" && replace "$copy" "$name"
		fi
	then
		n_done=$((n_done + 1))
		say "restore $1: put back: $2"
	else
		fail "restore $1" "$2 could not be put back${why:+: $why}"
	fi
}

rollback() {
	case $rollback_dir in
	*/*) ;;
	*) backup_place && rollback_dir=$place/$rollback_dir ;;
	esac
	asked_dir=$rollback_dir
	rollback_dir=$(cd -- "$rollback_dir" 2>/dev/null && pwd -P) ||
		wrong_usage "there is no directory $(shown "$asked_dir")"
	if ! is_own "$rollback_dir" || ! above_is_own "$rollback_dir"; then
		wrong_usage "others may write to $(shown "$rollback_dir") or above" \
			'it, so that what is there need not be what was kept:' \
			'give it to root first, and look at what is in it'
	elif [ ! -f "$rollback_dir/index" ]; then
		wrong_usage 'that directory holds no backup'
	elif [ "$(cat "$rollback_dir/script")" != "$script_id" ]; then
		wrong_usage "another script made that backup: see repair.sh there"
	fi
	if [ -z "$dry_run" ] && ! confirm "Put back what is in $rollback_dir?"; then
		skip 'rollback' 'not wanted'
		return
	fi
	# The newest first: what was made last may stand on what was before.
	workspace && sed -n '1!G;h;$p' "$rollback_dir/index" >"$work/index" ||
		exit 1
	while IFS= read -r line <&3; do
		# The path stands behind number, mode, owner, group and time.
		restore "${line%% *}" "${line#* * * * * }"
	done 3<"$work/index"
	if [ -z "$dry_run" ]; then
		refresh_all
		[ "$n_failed$n_skipped" != 00 ] || : >"$rollback_dir/undone"
	fi
}
