#!/bin/sh
# replay.sh -- every fuzz target over its seeds, a sample of damaged ones, and what
# once broke it (crashers/TARGET/*), or took too long: of those none may take more
# than FUZZ_SECONDS (10) of processor time.  Under sanitizers this is where their
# reports come from; without them the targets still hold readers to their contract.
: "${srcdir:=.}" "${builddir:=.}"
[ -z "${LIB_FUZZING_ENGINE-}" ] || {
	echo "SKIPPED, NOT TESTED: the targets are linked with an engine"
	exit 77
}
programs=$builddir/tests/fuzz
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
status=0 n=0

sh "$srcdir/tests/fuzz/make-corpus.sh" "$programs/fuzz" "$scratch" || exit 1
mkdir "$scratch/bin"
cut -f1 "$scratch/targets" >"$scratch/names"
while read -r target; do
	n=$((n + 1))
	ln -s "$(cd "$programs" && pwd -P)/fuzz" "$scratch/bin/fuzz-$target"
	if [ -z "$(ls "$scratch/$target")" ]; then
		echo "$target has no seed"
		status=1
		continue
	fi
	"$scratch/bin/fuzz-$target" --damage "${FUZZ_DAMAGE:-2}" \
		"$scratch/$target" || {
		echo "$target: FAILED"
		status=1
	}
	crashers=$srcdir/tests/fuzz/crashers/$target
	[ -d "$crashers" ] || continue
	"$scratch/bin/fuzz-$target" --damage "${FUZZ_DAMAGE:-2}" \
		--seconds "${FUZZ_SECONDS:-10}" "$crashers" || {
		echo "$target: FAILED"
		status=1
	}
done <"$scratch/names"

# a crasher is of a target that there is
for crashers in "$srcdir"/tests/fuzz/crashers/*/; do
	[ -d "$crashers" ] || continue
	target=$(basename "$crashers")
	grep -qxF "$target" "$scratch/names" || {
		echo "tests/fuzz/crashers/$target: there is no such target"
		status=1
	}
done

# nothing to run is no success, and neither is a name that is no target
"$scratch/bin/fuzz-pem" >/dev/null 2>&1 && {
	echo "no input at all passes"
	status=1
}
ln -s "$(cd "$programs" && pwd -P)/fuzz" "$scratch/bin/fuzz-none"
"$scratch/bin/fuzz-none" "$scratch/pem" >/dev/null 2>&1 && {
	echo "a target that there is not passes"
	status=1
}
echo "$n targets"
[ "$n" -gt 30 ] || status=1
exit $status
