#!/bin/sh
# dotnet-shapes.sh -- what a user's .NET store counts of files of every form:
# the table in dotnet-shapes.txt, which the real .NET filled in.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/hosts/shapes.sh
. "$srcdir/tests/hosts/shapes.sh"

shapes_make "$work/shapes"
root=$work/root
host_new "$root"
store=$root/home/ann/$dotnet_store/root
while read -r file name _ trusts doubt; do
	case $file in '#'*) continue ;; esac
	rm -rf "$store"
	mkdir -p "$store"
	cp "$work/shapes/$file" "$store/$name"
	shapes_read "$root"
	is "$file as $name: trusts" "$(shapes_of "role = 'anchor'")" "$trusts"
	is "$file as $name: certain" "$(shapes_unread)" "$doubt"
done <"$srcdir/tests/hosts/dotnet-shapes.txt"
finish
