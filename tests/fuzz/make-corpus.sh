#!/bin/sh
# make-corpus.sh PROGRAM DIRECTORY -- what to begin with, for each target of the
# fuzz program: DIRECTORY/TARGET/* are seeds, DIRECTORY/TARGET.dict is a dictionary.
#
# Seeds are the tree's own fixtures: a new reader's come from its folder in
# tests/readers.  Dictionaries are asn1.dict and pem.dict, the words in a reader's
# source, and what the schemas call elements, attributes and values.  Records of the
# wire are written here and not by the code that is to read them.
set -eu
LC_ALL=C
export LC_ALL
: "${srcdir:=.}"
[ $# -eq 2 ] || {
	echo "usage: make-corpus.sh PROGRAM DIRECTORY" >&2
	exit 64
}
program=$1
mkdir -p "$2"
corpus=$(cd "$2" && pwd -P)
case $program in
/*) ;;
*) program=$PWD/$program ;;
esac
cd "$srcdir"

# ---- bytes ---------------------------------------------------------------------

byte() {	# without another process
	printf %b "\\0$(($1 / 64))$(($1 / 8 % 8))$(($1 % 8))"
}
be32() {
	byte $(($1 >> 24 & 255))
	byte $(($1 >> 16 & 255))
	byte $(($1 >> 8 & 255))
	byte $(($1 & 255))
}
be64() {
	be32 0
	be32 "$1"
}
text() {
	be32 ${#1}
	printf %s "$1"
}
size() {
	wc -c <"$1" | tr -d ' '
}
hash() {	# 32 bytes
	printf '\001\000\000\000\000\000\000\000%s' 0123456789abcdefghijklmn
}

# ---- records of the wire (src/read/wire-*.c) -----------------------------------

tail_of_entry() {	# LABEL OFFSET ROLE
	be32 1
	text "$1"
	be64 "$2"
	be32 "$3"
	be32 1
	be32 0
	be32 0
	be32 1
	be64 0
}
entry_der() {
	be32 1
	be32 0
	be32 "$(size "$1")"
	cat "$1"
	tail_of_entry label 17 1
}
entry_fingerprint() {
	be32 1
	be32 1
	hash
	tail_of_entry "" 1 3
}
entry_names() {
	be32 1
	be32 2
	text CN=a
	text 01
	be64 0
	be64 0
	hash
	be32 1
	hash
	tail_of_entry x 2 3
}
reference() {
	be32 2
	text mozilla/a.crt
	be32 1
	be64 3
}
problem() {
	be32 3
	be32 6
	be64 4
	text why
	be32 0
}
result() {	# an error, and what makes none
	be32 4
	be32 4294967295
	be32 "$1"
	be32 0
	be64 0
	be32 0
	be64 0
	be32 4294967295
}
fine() {
	be32 4
	be64 0
	be32 0
	be64 9
	be32 0
	be64 0
	be32 4294967295
}
certificate() {
	be32 1
	be32 4294967295
	hash
	hash
	hash
	text CN=x
	text CN=x
	text x
	text 0a
	be64 5
	be64 9
	be32 1
	text abc
	be32 0
	be32 0
	be32 1
	be32 1
	be32 3
	be32 256
	be32 4
}
undecoded() {
	be32 0
	text no
}
request() {
	text 'pem nss'
	be32 4294967295
	be64 1000
	be32 0
}
message() {	# TYPE FILE
	be32 "$(size "$2")"
	be32 "$1"
	cat "$2"
}

make_wire() {
	d=$corpus/wire
	for der in tests/unit/data/root.der tests/unit/data/latin1.der; do
		entry_der $der >"$d/${der##*/}"
	done
	entry_fingerprint >"$d/fingerprint"
	entry_names >"$d/names"
	{ reference; problem; result 4294967291; } >"$d/others"
	fine >"$d/end"
	{ be32 5; certificate; } >"$d/certificate"
	{ be32 5; undecoded; } >"$d/undecoded"
	{ be32 6; request; be32 7; be64 9; be32 1; be64 7; } >"$d/asked"
	cat "$d"/* >"$d/all"

	# one chunk for three files, and then its certificates
	c=$corpus/channel
	{ cat "$d/root.der" "$d/fingerprint" "$d/names"; fine
		cat "$d/others"; fine; } >"$c/chunk"
	certificate >"$c/decoded"
	undecoded >"$c/not"
	: >"$c/nothing"
	for decoded in decoded not; do
		{ message 7 "$c/nothing"; message 6 "$c/chunk"
			message 8 "$c/$decoded"; } >"$c/message-$decoded"
	done
	{ fine; fine; fine; } >"$c/chunk"
	message 6 "$c/chunk" >"$c/message-empty"
	rm "$c/chunk" "$c/decoded" "$c/not" "$c/nothing"
}

# ---- the state of a crawl (src/locate/crawl-state.c) ---------------------------

# Small numbers are one byte, and differences from the one before twice as much.
small() {
	for number in "$@"; do byte "$number"; done
}
short() {	# a text behind its length
	byte ${#1}
	printf %s "$1"
}
make_crawl_state() {
	{
		be32 3
		hash
		small 3
		small 0; short /; small 2 4 0 14 0; small 0 0
		small 1; short etc; small 0 2 2 0 0; small 0 1
		short a.pem; small 0 2 40 0 0; small 1
		small 4; short /ssl; small 0 2 0 2 0; small 0 0
	} >"$corpus/crawl-state/three"
	{ be32 3; hash; small 0; } >"$corpus/crawl-state/none"
}

# ---- what a scan looked at (src/base/looks.h) ------------------------------------

make_looks() {
	{
		small 1
		small 3; short none; short stores; short system.xml
		small 2; short ''; short '**.xml/d*/'
		small 1; small 1 0
		small 1; short /none/at/all; small 0 1 2
		small 2
		small 0; short /; small 0 0 0 2 4 0 14 0
		small 1 1; hash; small 1
		small 1 1; small 0 0 0 0 2 0 0 0
		small 1; short stores; small 0 0 0 0 2 0 2 0
		small 0 0
		small 1 2; small 0 0 0 0 2 40 2 0
	} >"$corpus/looks/two"
	small 1 0 0 0 0 0 >"$corpus/looks/none"
	printf '%s\n' '"stores"' '"rules"' '"system.xml"' '"/"' '"."' '".."' \
		>>"$corpus/looks.dict"
}

# ---- certificates --------------------------------------------------------------

# Some of Mozilla's, and those that tests/unit has for their oddities.
make_certificates() {
	cp tests/unit/data/*.der "$corpus/x509"
	awk -v d="$corpus/x509" '
		/^-----BEGIN CERT/ { f = ++n % 12 ? "" : d "/base64-" n; next }
		/^-----END/ { f = "" }
		f != "" { print >f }' data/rootprogram/mozilla-roots.pem
	for f in "$corpus"/x509/base64-*; do
		base64 -d <"$f" >"$corpus/x509/mozilla-${f##*-}.der"
		rm "$f"
	done
	cp "$corpus"/x509/* "$corpus/asn1"
	for folder in pkcs7 crl private-key; do
		mkdir -p "$corpus/asn1/$folder"
		cp tests/readers/"$folder"/*.in "$corpus/asn1/$folder"
	done
}

# ---- XML -----------------------------------------------------------------------

# A store's file and, of the same name, that of who reads it, with a NUL between.
make_xml() {
	for f in data/stores/*.xml; do
		p=data/relying-parties/${f##*/}
		{
			cat "$f"
			printf '\000'
			if [ -e "$p" ]; then cat "$p"; fi
		} >"$corpus/catalogue/${f##*/}"
	done
	cp data/redirections/*.xml "$corpus/redirections"
	# each is compiled against an inventory of its own
	for f in data/rules/[a-d]*.xml data/rules/p*.xml; do
		cp "$f" "$corpus/rules"
	done
	cp data/recipes/*.xml "$corpus/recipes"
	for f in tests/fuzz/seeds/*; do
		cp "$f"/* "$corpus/${f##*/}"
	done
}

# Names and values of a schema.
schema_words() {
	sed -n 's/.*name="\([A-Za-z][A-Za-z0-9_:-]*\)".*/"\1"/p
		s/.*<value>\(.*\)<\/value>.*/"\1"/p' "$@" | sort -u
	printf '%s\n' '"<?xml version=\\"1.0\\"?>"' '"<!DOCTYPE"' '"<![CDATA["' \
		'"&#x"' '"&lt;"' '"xmlns="'
}
make_schema_words() {
	schema_words data/schema/stores.rng data/schema/relying-party.rng \
		>"$corpus/catalogue.dict"
	schema_words data/schema/redirections.rng >"$corpus/redirections.dict"
	schema_words data/schema/policy.rng >"$corpus/policy.dict"
	schema_words data/schema/waivers.rng >"$corpus/waivers.dict"
	schema_words data/schema/recipe.rng >"$corpus/recipes.dict"
	{
		schema_words data/schema/rule.rng
		sed -n 's/^CREATE VIEW *\([a-z_]*\).*/"\1"/p' \
			data/schema/inventory.sql
	} >"$corpus/rules.dict"
	# libFuzzer wants quotes and backslashes behind backslashes
	grep -oh '"[a-z_0-9/]*"' tests/fuzz/seeds/bundle/odd.jsonl | sort -u |
		sed 's/"\(.*\)"/"\\"\1\\""/' >"$corpus/bundle.dict"
}

# ---- readers -------------------------------------------------------------------

# What the source has in quotes and is one word: magic bytes and keywords.
source_words() {
	grep -oh '"[A-Za-z0-9_.:/=-]\{3,40\}"' "$@" | grep -v '\.h"$' | sort -u
}

make_reader() {	# WORD FOLDER
	cp tests/readers/"$2"/*.in "$corpus/$1"
	for f in tests/readers/"$2"/*.companion; do
		[ -e "$f" ] || continue
		in=${f%.companion}.in
		{ cat "$in" "$f"; printf COMP; be32 "$(size "$f")"; } \
			>"$corpus/$1/${in##*/}"
	done
	{
		cat tests/fuzz/asn1.dict tests/fuzz/pem.dict
		source_words src/read/"$1".c src/read/"$1"-*.c 2>/dev/null || :
	} >"$corpus/$1.dict"
}

"$program" --targets >"$corpus/targets"
while IFS='	' read -r target folder; do
	mkdir -p "$corpus/$target"
	if [ -n "$folder" ]; then
		make_reader "$target" "$folder"
	else
		cat tests/fuzz/asn1.dict >"$corpus/$target.dict"
	fi
done <"$corpus/targets"
make_wire
make_crawl_state
make_looks
make_certificates
make_xml
make_schema_words
chmod -R u+w "$corpus"
