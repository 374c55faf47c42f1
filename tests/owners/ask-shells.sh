#!/bin/sh
# ask-shells.sh -- the real bash (with bash-completion), zsh and fish load the
# completions and complete with them.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

[ -e /usr/share/bash-completion/bash_completion ] || skip "needs bash-completion"
for shell in zsh fish; do
	command -v $shell >/dev/null 2>&1 || skip "needs $shell"
done

# as it is installed
share=$work/share
mkdir -p "$work/bin" "$share/bash-completion/completions" \
	"$share/fish/vendor_completions.d" "$share/zsh/site-functions"
cp "$srcdir/data/completions/bash/trustdrift" "$share/bash-completion/completions/"
cp "$srcdir/data/completions/fish/trustdrift.fish" "$share/fish/vendor_completions.d/"
cp "$srcdir/data/completions/zsh/_trustdrift" "$share/zsh/site-functions/"
ln -s "$TRUSTDRIFT" "$work/bin/trustdrift"
PATH=$work/bin:$PATH
XDG_DATA_DIRS=$share:/usr/local/share:/usr/share
export PATH XDG_DATA_DIRS
mkdir "$work/here" "$work/here/out"
: >"$work/here/one.html"
cd "$work/here" || exit 1

# answers SHELL COMMAND ...: compares with the shell's column of the table below
answers() {
	shell=$1
	shift
	set -- "$@" "trustdrift au" "trustdrift audit --baseli" \
		"trustdrift audit --fail-on=new:m" "trustdrift audit --cyclonedx-version 1.7" \
		"trustdrift show rules duplic" "trustdrift audit --report html:on" \
		"trustdrift audit --root ou"
	"$@" >"$work/$shell.out" 2>"$work/$shell.err" ||
		fail "$shell: $(cat "$work/$shell.err")"
	is "$shell says nothing else" "$(cat "$work/$shell.err")" ""
}
answers bash bash --norc "$srcdir/tests/owners/complete.bash"
is "bash" "$(cat "$work/bash.out")" \
"trustdrift au -> audit
trustdrift audit --baseli -> --baseline
trustdrift audit --fail-on=new:m -> medium
trustdrift audit --cyclonedx-version 1.7 -> 1.7
trustdrift show rules duplic -> duplicate-entry
trustdrift audit --report html:on -> one.html
trustdrift audit --root ou -> out"

answers fish fish --no-config -c "set fish_complete_path $share/fish/vendor_completions.d; source $srcdir/tests/owners/complete.fish \$argv"
is "fish" "$(cat "$work/fish.out")" \
"trustdrift au -> audit
trustdrift audit --baseli -> --baseline
trustdrift audit --fail-on=new:m -> --fail-on=new:medium
trustdrift audit --cyclonedx-version 1.7 -> 1.7
trustdrift show rules duplic -> duplicate-entry
trustdrift audit --report html:on -> html:one.html
trustdrift audit --root ou -> out/"

answers zsh zsh -f "$srcdir/tests/owners/complete.zsh" "$share/zsh/site-functions"
is "zsh" "$(sed 's/ *$//' "$work/zsh.out")" \
"trustdrift au -> trustdrift audit
trustdrift audit --baseli -> trustdrift audit --baseline
trustdrift audit --fail-on=new:m -> trustdrift audit --fail-on=new:medium
trustdrift audit --cyclonedx-version 1.7 -> trustdrift audit --cyclonedx-version 1.7
trustdrift show rules duplic -> trustdrift show rules duplicate-entry
trustdrift audit --report html:on -> trustdrift audit --report html:one.html
trustdrift audit --root ou -> trustdrift audit --root out/"
finish
