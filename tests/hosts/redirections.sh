#!/bin/sh
# redirections.sh -- who is pointed at another store, by what, to what: every
# kind of file once, what the owners themselves say where that can be asked,
# processes, and files that are hostile.
# shellcheck source=tests/hosts/lib.sh
. "${srcdir:=.}/tests/hosts/lib.sh"

good=$srcdir/tests/hosts/certificates/dst-2021
root=$work/host
host_new "$root"
host_root_ca "$root" "$good/isrg-root-x1.pem"
host_update "$root"

put() { # put PATH: standard input
	mkdir -p "$root$(dirname "$1")"
	cat >"$root$1"
}
find_all() {
	"$TRUSTDRIFT" --quiet scan --root "$root" --db "$work/db" --now @1700000000 \
		2>"$work/errors" || status=$?
	[ ! -s "$work/errors" ] || cat "$work/errors" >&2
}
ask() {
	"$TRUSTDRIFT" query --db "$work/db" --format tsv "$1" | sed 1d
}
# rows [WHERE]: owner|effect|name option=value -> target and what that is, and
# where it is set
rows() {
	ask "SELECT owner || '|' || effect || '|' || name ||
		coalesce(' ' || \"option\", '') || coalesce('=' || value, '') ||
		coalesce(' -> ' || target, '') || CASE present
		WHEN 0 THEN ' missing' WHEN 1 THEN ' ' || coalesce((SELECT kind
		FROM v_store s WHERE s.store_id = r.store_id), 'there') ELSE ''
		END || coalesce(' (' || note || ')', '') || ' ' || path ||
		coalesce(':' || line, '') FROM v_redirection r
		WHERE ${1:-1} ORDER BY position"
}

mkdir -p "$root/srv/certs"
cp "$good/isrg-root-x1.pem" "$root/srv/corp.pem"
cp "$good/isrg-root-x1.pem" "$root/srv/certs/a.pem"
cp "$good/dst-root-ca-x3.pem" "$root/home/ann/own.pem"
ln -s /srv/corp.pem "$root/srv/link.pem"
cp "$srcdir/tests/readers/jks/"[a-z]*.in "$work"
jks=$(find "$work" -name '*.in' | sort | head -n 1)
cp "$jks" "$root/srv/trust.jks"
rm -f "$work"/*.in

# ---- where variables are set
put /etc/environment <<'END'
SSL_CERT_FILE="/srv/link.pem"
PATH=/usr/bin
SECRET=do-not-keep
END
put /etc/profile.d/corp.sh <<'END'
export REQUESTS_CA_BUNDLE=$HOME/ca.pem SECRET=do-not-keep
CURL_CA_BUNDLE=/srv/corp.pem
if [ -r /srv/corp.pem ]; then NODE_EXTRA_CA_CERTS=/srv/corp.pem; export NODE_EXTRA_CA_CERTS; fi
export PIP_CERT=$(vault read do-not-keep)
END
put /etc/default/tomcat9 <<'END'
JAVA_OPTS="-Djava.awt.headless=true -Djavax.net.ssl.trustStore=/srv/trust.jks -Djavax.net.ssl.trustStorePassword=do-not-keep"
END
put /etc/systemd/system/web.service <<'END'
[Service]
Environment=NODE_OPTIONS=--use-openssl-ca "SSL_CERT_DIR=/srv/certs:/srv/none"
Environment=NODE_TLS_REJECT_UNAUTHORIZED=0 AWS_CA_BUNDLE=%S/%N/ca.pem
EnvironmentFile=-/etc/web/*.env
ExecStart=/usr/bin/curl --insecure --cacert /srv/corp.pem https://x/?token=do-not-keep
END
put /etc/systemd/system/web@.service.d/ca.conf <<'END'
[Service]
Environment=GIT_SSL_CAINFO=/srv/%i.pem
END
put /etc/web/a.env <<'END'
GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=/srv/corp.pem
END
put /home/ann/.bashrc <<'END'
export NODE_EXTRA_CA_CERTS=~/own.pem
export NPM_CONFIG_USERCONFIG=/srv/npmrc
export NODE_TLS_REJECT_UNAUTHORIZED=1
export JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS -Djavax.net.ssl.trustStore=$X/t -Dmaven.wagon.http.ssl.insecure=true"
END
put /srv/npmrc <<'END'
strict-ssl=false
//reg.example/:_authToken=do-not-keep
END
put /home/ann/.config/fish/config.fish <<'END'
set -gx CARGO_HTTP_CAINFO ~/own.pem
END
put /home/ann/.config/systemd/user/x.service <<'END'
[Service]
Environment=SSL_CERT_FILE=%h/own.pem
END

# ---- files of programs
put /etc/pip.conf <<'END'
[global]
index-url = https://user:do-not-keep@pypi.example/simple
cert = /srv/corp.pem
trusted-host =
    pypi.example
    files.example
END
put /home/ann/.gitconfig <<'END'
[user]
	name = Ann
[http "https://git.example"]
	sslCAInfo = ~/own.pem ; ours
[include]
	path = .gitconfig.d/work
END
put /home/ann/.gitconfig.d/work <<'END'
[HTTP]
	sslverify = false
END
put /home/ann/.npmrc <<'END'
; npm
cafile=${HOME}/own.pem
ca[]="-----BEGIN CERTIFICATE-----do-not-keep"
END
put /home/ann/.yarnrc.yml <<'END'
networkSettings:
  "*.example":
    httpsCaFilePath: ./own.pem
enableStrictSsl: false
END
put /home/ann/.curlrc <<'END'
# curl
user = "ann:do-not-keep"
cacert = "/srv/corp.pem"
--capath /srv/certs
insecure
END
put /home/ann/.wgetrc <<'END'
ca_certificate = ~/own.pem
check_certificate = off
END
put /etc/php/8.2/cli/php.ini <<'END'
[curl]
; curl.cainfo = /no
curl.cainfo = "/srv/corp.pem" ; yes
openssl.cafile=/srv/none.pem
END
put /home/ann/.cargo/config.toml <<'END'
[http]
cainfo = "own.pem"
END
put /home/ann/.gradle/gradle.properties <<'END'
systemProp.javax.net.ssl.trustStore=/srv/trust.jks
systemProp.javax.net.ssl.trustStorePassword=do-not-keep
org.gradle.jvmargs=-Xmx2g -Djavax.net.ssl.trustStore=NONE
END
put /etc/elasticsearch/jvm.options <<'END'
# heap
-Xms1g
8-:-Djavax.net.ssl.trustStore=/srv/trust.jks
END
put /home/ann/.condarc <<'END'
channels:
  - defaults
ssl_verify: ~/own.pem
END
put /root/.condarc <<'END'
ssl_verify: False
END
put /home/ann/.aws/config <<'END'
[profile work]
ca_bundle = ~/own.pem
aws_secret_access_key = do-not-keep
END
put /home/ann/.config/gcloud/configurations/config_default <<'END'
[core]
custom_ca_certs_file = /srv/corp.pem
[auth]
disable_ssl_validation = True
END
put /home/ann/.config/composer/config.json <<'END'
{ "config": { "cafile": "~/own.pem", "disable-tls": true } }
END
put /home/ann/.bundle/config <<'END'
---
BUNDLE_SSL_CA_CERT: "/srv/corp.pem"
END
put /home/ann/.gemrc <<'END'
:ssl_verify_mode: 0
:ssl_ca_cert: /srv/corp.pem
END
put /home/ann/.subversion/servers <<'END'
[global]
ssl-authority-files = /srv/corp.pem;/srv/none.pem
END
put /home/ann/.hgrc <<'END'
[web]
cacerts = /srv/corp.pem
END
put /etc/ldap/ldap.conf <<'END'
#TLS_CACERT /no
TLS_CACERT	/srv/corp.pem
TLS_REQCERT	allow
BINDPW do-not-keep
END
put /etc/postfix/main.cf <<'END'
smtp_tls_CAfile =
  /srv/corp.pem
smtpd_tls_CApath = $config_directory/certs
END
put /etc/dovecot/conf.d/10-ssl.conf <<'END'
ssl_client_ca_file = /srv/corp.pem
END
put /home/ann/.my.cnf <<'END'
[client]
password = do-not-keep
ssl-ca=/srv/corp.pem
END
put /etc/mongod.conf <<'END'
net:
  tls:
    mode: requireTLS
    CAFile: /srv/corp.pem
    allowInvalidCertificates: true
END
put /etc/redis/redis.conf <<'END'
requirepass do-not-keep
tls-ca-cert-file /srv/corp.pem
END
put /home/ann/.pg_service.conf <<'END'
[db]
password=do-not-keep
sslrootcert=/srv/corp.pem
sslmode=require
END
put /etc/wpa_supplicant/wpa_supplicant.conf <<'END'
network={
	ssid="x"
	password="do-not-keep"
	ca_cert="/srv/corp.pem"
}
END
put /etc/NetworkManager/system-connections/x.nmconnection <<'END'
[802-1x]
ca-cert=file:///srv/corp.pem
password=do-not-keep
END
put /etc/openvpn/client.conf <<'END'
client
ca ../../srv/corp.pem
remote vpn.example 1194
END
{
	echo client
	echo "<ca>"
	cat "$good/isrg-root-x1.pem"
	echo "</ca>"
} | put /etc/openvpn/inline.conf
put /etc/stunnel/x.conf <<'END'
[x]
CAfile = /srv/corp.pem
verify = 0
END
put /etc/containerd/certs.d/reg.example/hosts.toml <<'END'
server = "https://reg.example"
[host."https://reg.example"]
  ca = ["/srv/corp.pem", "none.crt"]
  skip_verify = true
END
put /etc/buildkit/buildkitd.toml <<'END'
[registry."reg.example"]
  ca=["/srv/corp.pem"]
END
put /etc/docker/daemon.json <<'END'
{ "insecure-registries": ["reg.example:5000"] }
END
put /home/ann/.kube/config <<'END'
apiVersion: v1
clusters:
- cluster:
    certificate-authority: ../own.pem
    server: https://x
  name: x
- cluster:
    insecure-skip-tls-verify: true
    server: https://y
  name: y
users:
- name: z
  user:
    token: do-not-keep
END
put /home/ann/.kube/data.yaml <<END
clusters:
- cluster:
    certificate-authority-data: $(base64 -w 0 <"$good/dst-root-ca-x3.pem")
  name: x
END
put /etc/apt/apt.conf.d/99ca <<'END'
Acquire::https::CaInfo "/srv/corp.pem";
Acquire { https { reg.example { Verify-Peer "false"; }; }; };
END
put /etc/yum.repos.d/x.repo <<'END'
[x]
sslcacert=/srv/corp.pem
sslverify=0
END
put /etc/zypp/repos.d/x.repo <<'END'
[x]
baseurl=https://user:do-not-keep@repo.example/?ssl_verify=no
END

find_all
rows >"$work/got"
cat >"$work/want" <<'END'
|replaces|ca-cert=file:///srv/corp.pem -> /srv/corp.pem redirected-file /etc/NetworkManager/system-connections/x.nmconnection:2
|replaces|CaInfo=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/apt/apt.conf.d/99ca:1
|off|Verify-Peer=false /etc/apt/apt.conf.d/99ca:2
|replaces|ca=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/buildkit/buildkitd.toml:2
|replaces|ca=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/containerd/certs.d/reg.example/hosts.toml:3
|replaces|ca=none.crt -> /etc/containerd/certs.d/reg.example/none.crt missing /etc/containerd/certs.d/reg.example/hosts.toml:3
|off|skip_verify=true /etc/containerd/certs.d/reg.example/hosts.toml:4
|replaces|JAVA_OPTS -Djavax.net.ssl.trustStore=/srv/trust.jks -> /srv/trust.jks redirected-keystore /etc/default/tomcat9:1
|off|insecure-registries=reg.example:5000 /etc/docker/daemon.json
|replaces|ssl_client_ca_file=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/dovecot/conf.d/10-ssl.conf:1
|replaces|-Djavax.net.ssl.trustStore=/srv/trust.jks -> /srv/trust.jks redirected-keystore /etc/elasticsearch/jvm.options:3
|replaces|SSL_CERT_FILE=/srv/link.pem -> /srv/link.pem redirected-file /etc/environment:1
|replaces|TLS_CACERT=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/ldap/ldap.conf:2
|off|TLS_REQCERT=allow /etc/ldap/ldap.conf:3
|replaces|CAFile=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/mongod.conf:4
|off|allowInvalidCertificates=true /etc/mongod.conf:5
|replaces|ca=../../srv/corp.pem -> /etc/openvpn/../../srv/corp.pem redirected-file /etc/openvpn/client.conf:2
|replaces|<ca> -> /etc/openvpn/inline.conf redirected-openvpn /etc/openvpn/inline.conf:2
|replaces|curl.cainfo=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/php/8.2/cli/php.ini:3
|replaces|openssl.cafile=/srv/none.pem -> /srv/none.pem missing /etc/php/8.2/cli/php.ini:4
|replaces|cert=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/pip.conf:3
|off|trusted-host=pypi.example files.example /etc/pip.conf:4
|replaces|smtp_tls_CAfile=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/postfix/main.cf:1
|replaces|REQUESTS_CA_BUNDLE=~/ca.pem (it begins with the home of whoever reads it) /etc/profile.d/corp.sh:1
|adds|NODE_EXTRA_CA_CERTS=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/profile.d/corp.sh:3
|replaces|PIP_CERT=$(...) (a shell computes it) /etc/profile.d/corp.sh:4
|replaces|tls-ca-cert-file=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/redis/redis.conf:2
|replaces|CAfile=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/stunnel/x.conf:2
|off|verify=0 /etc/stunnel/x.conf:3
|replaces|NODE_OPTIONS --use-openssl-ca /etc/systemd/system/web.service:2
|replaces|SSL_CERT_DIR=/srv/certs -> /srv/certs redirected-hash-directory /etc/systemd/system/web.service:2
|replaces|SSL_CERT_DIR=/srv/none -> /srv/none missing /etc/systemd/system/web.service:2
|replaces|AWS_CA_BUNDLE=/var/lib/web/ca.pem -> /var/lib/web/ca.pem missing /etc/systemd/system/web.service:3
|off|NODE_TLS_REJECT_UNAUTHORIZED=0 /etc/systemd/system/web.service:3
|replaces|ExecStart --cacert=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/systemd/system/web.service:5
|off|ExecStart --insecure /etc/systemd/system/web.service:5
|replaces|GIT_SSL_CAINFO=/srv/%i.pem (it has specifiers that depend on more than the unit) /etc/systemd/system/web@.service.d/ca.conf:2
|replaces|GRPC_DEFAULT_SSL_ROOTS_FILE_PATH=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/web/a.env:1
|replaces|ca_cert=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/wpa_supplicant/wpa_supplicant.conf:4
|replaces|sslcacert=/srv/corp.pem -> /srv/corp.pem redirected-file /etc/yum.repos.d/x.repo:2
|off|sslverify=0 /etc/yum.repos.d/x.repo:3
|off|baseurl /etc/zypp/repos.d/x.repo:2
ann|replaces|ca_bundle=~/own.pem -> /home/ann/own.pem redirected-file /home/ann/.aws/config:2
ann|adds|NODE_EXTRA_CA_CERTS=~/own.pem -> /home/ann/own.pem redirected-file /home/ann/.bashrc:1
ann|moves|NPM_CONFIG_USERCONFIG=/srv/npmrc -> /srv/npmrc there /home/ann/.bashrc:2
ann|replaces|JAVA_TOOL_OPTIONS -Djavax.net.ssl.trustStore=$X/t (a shell computes it) /home/ann/.bashrc:4
ann|off|JAVA_TOOL_OPTIONS -Dmaven.wagon.http.ssl.insecure=true /home/ann/.bashrc:4
ann|replaces|BUNDLE_SSL_CA_CERT=/srv/corp.pem -> /srv/corp.pem redirected-file /home/ann/.bundle/config:2
ann|replaces|cainfo=own.pem -> /home/ann/own.pem redirected-file /home/ann/.cargo/config.toml:2
ann|replaces|ssl_verify=~/own.pem -> /home/ann/own.pem redirected-file /home/ann/.condarc:3
ann|replaces|cafile=~/own.pem -> /home/ann/own.pem redirected-file /home/ann/.config/composer/config.json
ann|off|disable-tls=true /home/ann/.config/composer/config.json
ann|replaces|CARGO_HTTP_CAINFO=~/own.pem -> /home/ann/own.pem redirected-file /home/ann/.config/fish/config.fish:1
ann|replaces|custom_ca_certs_file=/srv/corp.pem -> /srv/corp.pem redirected-file /home/ann/.config/gcloud/configurations/config_default:2
ann|off|disable_ssl_validation=True /home/ann/.config/gcloud/configurations/config_default:4
ann|replaces|SSL_CERT_FILE=/home/ann/own.pem -> /home/ann/own.pem redirected-file /home/ann/.config/systemd/user/x.service:2
ann|replaces|cacert=/srv/corp.pem -> /srv/corp.pem redirected-file /home/ann/.curlrc:3
ann|replaces|capath=/srv/certs -> /srv/certs redirected-hash-directory /home/ann/.curlrc:4
ann|off|insecure /home/ann/.curlrc:5
ann|off|:ssl_verify_mode=0 /home/ann/.gemrc:1
ann|replaces|:ssl_ca_cert=/srv/corp.pem -> /srv/corp.pem redirected-file /home/ann/.gemrc:2
ann|replaces|sslCAInfo=~/own.pem -> /home/ann/own.pem redirected-file /home/ann/.gitconfig:4
ann|off|sslverify=false /home/ann/.gitconfig.d/work:2
ann|replaces|systemProp.javax.net.ssl.trustStore=/srv/trust.jks -> /srv/trust.jks redirected-keystore /home/ann/.gradle/gradle.properties:1
ann|replaces|org.gradle.jvmargs -Djavax.net.ssl.trustStore=NONE /home/ann/.gradle/gradle.properties:3
ann|replaces|cacerts=/srv/corp.pem -> /srv/corp.pem redirected-file /home/ann/.hgrc:2
ann|replaces|certificate-authority=../own.pem -> /home/ann/.kube/../own.pem redirected-file /home/ann/.kube/config:4
ann|off|insecure-skip-tls-verify=true /home/ann/.kube/config:8
ann|replaces|certificate-authority-data -> /home/ann/.kube/data.yaml redirected-kubeconfig /home/ann/.kube/data.yaml:3
ann|replaces|ssl-ca=/srv/corp.pem -> /srv/corp.pem redirected-file /home/ann/.my.cnf:3
ann|replaces|cafile=${HOME}/own.pem -> /home/ann/own.pem redirected-file /home/ann/.npmrc:2
ann|replaces|ca[] /home/ann/.npmrc:3
ann|replaces|sslrootcert=/srv/corp.pem -> /srv/corp.pem redirected-file /home/ann/.pg_service.conf:3
ann|off|sslmode=require /home/ann/.pg_service.conf:4
ann|adds|ssl-authority-files=/srv/corp.pem -> /srv/corp.pem redirected-file /home/ann/.subversion/servers:2
ann|adds|ssl-authority-files=/srv/none.pem -> /srv/none.pem missing /home/ann/.subversion/servers:2
ann|replaces|ca_certificate=~/own.pem -> /home/ann/own.pem redirected-file /home/ann/.wgetrc:1
ann|off|check_certificate=off /home/ann/.wgetrc:2
ann|replaces|httpsCaFilePath=./own.pem -> /home/ann/./own.pem redirected-file /home/ann/.yarnrc.yml:3
ann|off|enableStrictSsl=false /home/ann/.yarnrc.yml:4
ann|off|strict-ssl=false /srv/npmrc:1
root|off|ssl_verify=False /root/.condarc:1
END
check "all settings" diff "$work/want" "$work/got"
is "no problems" "$(ask "SELECT path, message FROM v_problem WHERE store_id IS NULL")" ""
check "no secret is kept" test -z "$(grep -c do-not-keep "$work/db" | grep -v '^0')"
is "what is read because of a setting" \
	"$(ask "SELECT kind, path, owner, entries FROM v_store WHERE kind LIKE 'redirected%' ORDER BY path, kind")" \
	"redirected-openvpn	/etc/openvpn/inline.conf		1
redirected-kubeconfig	/home/ann/.kube/data.yaml	ann	1
redirected-file	/home/ann/own.pem	ann	1
redirected-hash-directory	/srv/certs		0
redirected-file	/srv/corp.pem		1
redirected-keystore	/srv/trust.jks		5"
"$TRUSTDRIFT" show redirections --db "$work/db" --format tsv >"$work/shown"
is "show has them all" "$(sed 1d "$work/shown" | wc -l)" "$(wc -l <"$work/want")"
find_all
is "the same set again is kept once" "$("$TRUSTDRIFT" query --db "$work/db" \
	--format tsv "SELECT count(*), count(DISTINCT scan_id) FROM
	v_history_redirection" | sed 1d)" \
	"$((2 * $(wc -l <"$work/want")))	2"

# ---- what the owners say of the same files
mkdir -p "$work/ann"
asked=0
owner() { # owner WHAT OWNERS OURS
	asked=$((asked + 1))
	is "$1" "$3" "$2"
}
ours() { # ours NAME PATH
	ask "SELECT target FROM v_redirection WHERE name = '$1' AND path = '$2'"
}
if command -v git >/dev/null; then
	owner "git" "$(HOME=$root/home/ann git -C / config --file \
		"$root/home/ann/.gitconfig" --type=path --get-urlmatch \
		http.sslCAInfo https://git.example | sed "s,^$root,,")" \
		"$(ours sslCAInfo /home/ann/.gitconfig)"
	owner "git's include" "$(HOME=$root/home/ann git -C / config \
		--includes --file "$root/home/ann/.gitconfig" http.sslverify)" \
		"$(ask "SELECT value FROM v_redirection WHERE name = 'sslverify'
			AND via = '/home/ann/.gitconfig'")"
fi
if command -v apt-config >/dev/null; then
	: >"$work/apt.conf"
	owner "apt" "$(APT_CONFIG=$work/apt.conf apt-config dump -c \
		"$root/etc/apt/apt.conf.d/99ca" |
		sed -n 's/^Acquire::https::reg.example::Verify-Peer "\(.*\)";/\1/p')" \
		"$(ask "SELECT value FROM v_redirection WHERE name = 'Verify-Peer'")"
fi
owner "Python's configparser" "$(/usr/bin/python3 -I -c '
import configparser, sys
c = configparser.RawConfigParser()
c.read(sys.argv[1])
print(c["global"]["cert"], " ".join(c["global"]["trusted-host"].split()))
' "$root/etc/pip.conf")" "$(ask "SELECT group_concat(value, ' ') FROM (SELECT
	value FROM v_redirection WHERE path = '/etc/pip.conf' ORDER BY line)")"
# shellcheck disable=SC2016 # for the other shell
owner "a shell" "$(env -i HOME=/home/ann sh -c '. "$1"
	echo "$NODE_EXTRA_CA_CERTS"' sh "$root/home/ann/.bashrc")" \
	"$(ours NODE_EXTRA_CA_CERTS /home/ann/.bashrc)"
if command -v npm >/dev/null && command -v node >/dev/null; then
	owner "npm" "$(cd / && env -i "PATH=$PATH" "HOME=$root/home/ann" \
		npm config get cafile 2>/dev/null | sed "s,^$root,,")" \
		"$(ours cafile /home/ann/.npmrc)"
fi
printf '%s\n' "$asked owners were asked"

# ---- the environment of trustdrift itself: of the live host only
is "not with --root" "$(SSL_CERT_FILE=/srv/corp.pem find_all
	rows "source <> 'file'")" ""
SSL_CERT_FILE=$root/srv/corp.pem AWS_CA_BUNDLE='' GIT_SSL_NO_VERIFY='' \
	"$TRUSTDRIFT" --quiet scan --db "$work/live.db" 2>/dev/null || :
is "with the live host" "$("$TRUSTDRIFT" query --db "$work/live.db" \
	--format tsv "SELECT name, effect, value, real_path, present,
	processes FROM v_redirection WHERE source = 'environment' AND name IN
	('SSL_CERT_FILE', 'AWS_CA_BUNDLE', 'GIT_SSL_NO_VERIFY')
	ORDER BY position" | sed 1d)" \
	"GIT_SSL_NO_VERIFY	off				
SSL_CERT_FILE	replaces	$root/srv/corp.pem	$root/srv/corp.pem	1	"

status=0
if [ "$(id -u)" != 0 ]; then
	"$TRUSTDRIFT" scan --processes --db "$work/nobody.db" 2>"$work/errors" ||
		status=$?
	is "processes need root" "$status $(grep -c root "$work/errors")" "77 1"
fi

# ---- processes, in a namespace of their own so that no others are seen
if [ "$(id -u)" = 0 ] && unshare --pid --fork --mount --mount-proc --kill-child \
		true 2>/dev/null; then
	cat >"$work/processes.sh" <<-END
	SECRET=do-not-keep NODE_EXTRA_CA_CERTS=$root/srv/corp.pem sleep 60 &
	SECRET=do-not-keep NODE_EXTRA_CA_CERTS=$root/srv/corp.pem sleep 61 &
	JAVA_TOOL_OPTIONS="-Da=do-not-keep -Djavax.net.ssl.trustStore=$root/srv/trust.jks" sleep 62 &
	sleep 0.3
	"$TRUSTDRIFT" --quiet scan --processes --db "$work/processes.db"
	END
	env -i "PATH=$PATH" unshare --pid --fork --mount --mount-proc --kill-child \
		sh "$work/processes.sh" >"$work/out" 2>&1 || cat "$work/out"
	is "processes" "$("$TRUSTDRIFT" query --db "$work/processes.db" \
		--format tsv "SELECT name, option, target, present, processes,
		owner FROM v_redirection WHERE source = 'process'
		ORDER BY position" | sed 1d)" \
		"JAVA_TOOL_OPTIONS	-Djavax.net.ssl.trustStore	$root/srv/trust.jks	1	1	root
NODE_EXTRA_CA_CERTS		$root/srv/corp.pem	1	2	root"
	check "no secret of processes is kept" test -z \
		"$(grep -c do-not-keep "$work/processes.db" | grep -v '^0')"
else
	echo "NOT TESTED: --processes, it takes root and namespaces"
fi

# ---- hostile files: each is a problem or nothing, and the others are found
hostile=$work/hostile
root=$hostile
host_new "$root"
put /etc/environment <<'END'
SSL_CERT_FILE=/srv/corp.pem
END
mkfifo "$root/home/ann/.npmrc"
ln -s .curlrc "$root/home/ann/.curlrc"
ln -s /nowhere "$root/home/ann/.wgetrc"
mkdir "$root/home/ann/.condarc"
truncate -s 3G "$root/home/ann/.gitconfig"
head -c 100000 /dev/zero | put /home/ann/.my.cnf
put /home/ann/.config/composer/config.json <<'END'
{ "config": { "cafile": "/srv
END
i=0
while [ $i -lt 20 ]; do
	i=$((i + 1))
	put "/srv/chain/$i" <<-END
	[include]
	path = /srv/chain/$((i + 1))
	[http]
	sslCAInfo = /srv/$i.pem
	END
done
put /home/ann/.config/git/config <<'END'
[include]
path = /srv/chain/1
path = config
END
{
	printf 'export REQUESTS_CA_BUNDLE='
	head -c 20000 /dev/zero | tr '\0' x
	printf '\nexport PIP_CERT=/srv/corp.pem\n'
} | put /home/ann/.bashrc
i=0
while [ $i -lt 200 ]; do
	i=$((i + 1))
	printf 'export AWS_CA_BUNDLE=/srv/%s\033[31m\n' $i
done | put /home/ann/.profile
status=0
find_all
is "status" "$status" 0
is "the others are found" "$(rows "name IN ('SSL_CERT_FILE', 'PIP_CERT')")" \
	"|replaces|SSL_CERT_FILE=/srv/corp.pem -> /srv/corp.pem missing /etc/environment:1
ann|replaces|PIP_CERT=/srv/corp.pem -> /srv/corp.pem missing /home/ann/.bashrc:2"
is "all of many" "$(ask "SELECT count(*) FROM v_redirection
	WHERE name = 'AWS_CA_BUNDLE'")" 200
is "problems" "$(ask "SELECT path, code, skipped FROM v_problem
	WHERE store_id IS NULL ORDER BY path")" \
	"/home/ann/.bashrc	malformed	1
/home/ann/.condarc	not-regular	1
/home/ann/.config/composer/config.json	malformed	1
/home/ann/.curlrc	unreadable	1
/home/ann/.gitconfig	limit	1
/home/ann/.my.cnf	malformed	1
/home/ann/.npmrc	not-regular	1
/srv/chain/9	limit	1"
check "a terminal is safe" test -z "$("$TRUSTDRIFT" show redirections \
	--db "$work/db" | tr -d '\n' | tr -d '[:print:]' | tr -d '\200-\377')"

# ---- one user's settings take nothing from another's -------------------------------
greedy=$work/greedy
root=$greedy
host_new "$root"
echo "bob:x:1001:1001::/home/bob:/bin/sh" >>"$root/etc/passwd"
put /etc/curlrc <<'END'
insecure
END
put /home/bob/.gitconfig <<'END'
[http]
sslVerify = false
[include]
path = /home/bob/a[1].inc
path = /home/bob/*.more
END
put '/home/bob/a[1].inc' <<'END'
[http]
sslCAInfo = /srv/bob.pem
END
put /home/bob/not.more <<'END'
[http]
sslCAInfo = /srv/git-takes-no-wildcards.pem
END
# More settings, includes and files that cannot be read than one user may have; and
# the same search over and over.
{
	echo '[http]'
	yes 'sslVerify = false' | head -n 1100
	echo '[include]'
	i=0
	while [ $i -lt 220 ]; do
		i=$((i + 1))
		echo "path = /home/ann/inc/$i"
	done
	yes 'path = /usr/**/*' | head -n 20000
} | put /home/ann/.gitconfig
i=0
while [ $i -lt 220 ]; do
	i=$((i + 1))
	printf 'a\0b' | put "/home/ann/inc/$i"
done
put /home/bob/.config/systemd/user/a.service <<'END'
[Service]
EnvironmentFile=/home/bob/env/*.env
EnvironmentFile=/home/*/env/b.env
END
put /home/bob/env/b.env <<'END'
NODE_TLS_REJECT_UNAUTHORIZED=0
END
status=0
find_all
is "greedy: status" "$status" 0
is "greedy: of the others" "$(rows "owner <> 'ann'")" \
	"|off|insecure /etc/curlrc:1
bob|off|sslVerify=false /home/bob/.gitconfig:2
bob|replaces|sslCAInfo=/srv/bob.pem -> /srv/bob.pem missing /home/bob/a[1].inc:2
bob|off|NODE_TLS_REJECT_UNAUTHORIZED=0 /home/bob/env/b.env:1"
is "greedy: of the one" "$(ask "SELECT count(*) FROM v_redirection
	WHERE owner = 'ann'")" 1000
is "greedy: problems" "$(ask "SELECT path, code, skipped, message FROM v_problem
	WHERE store_id IS NULL AND (code = 'limit' OR path NOT LIKE '/home/ann/%')
	ORDER BY path, message" | sed 's/	[^	]* more problems/	# more problems/')" \
	"/home/*/env/b.env	limit	1	named by a file of settings, with wildcards that are not looked for: not read; name the files
/home/ann	limit	1	# more problems with files of settings of ann are not listed: mend those that are, and scan again
/home/ann/.gitconfig	limit	1	more than LIMIT_USER_INCLUDES (200) files of ann are named by others: from here on they were left out
/home/ann/.gitconfig	limit	1	more than LIMIT_USER_REDIRECTIONS (1000) settings of ann: from here on they were left out"
finish
