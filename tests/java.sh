# java.sh -- sourced by tests that call keytool.
# shellcheck shell=sh

# keytool in English.  Most of its time is Java's start: a quick compiler and one
# thread for memory take a third of that away.  And it would leave a directory
# /tmp/hsperfdata_USER behind.
java_keytool() { # java_keytool ARGUMENT...
	keytool -J-XX:-UsePerfData -J-XX:TieredStopAtLevel=1 \
		-J-XX:+UseSerialGC -J-Duser.language=en "$@"
}
