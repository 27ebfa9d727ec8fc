#!/usr/bin/env bash
# setgov-net against servers that are right and wrong in every way, on 127.0.0.1: each failure has its own kind, none
# names the url, and nothing takes longer than it was given.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
export SETGOV_NET=$BUILD/setgov-net
command -v node >/dev/null || { echo "SKIPPED: node is not installed: make deps"; exit 77; }
command -v openssl >/dev/null || { echo "SKIPPED: openssl is not installed"; exit 77; }
dir=$(mktemp -d)
server=
finish() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	rm -rf "$dir"
}
trap finish EXIT

# authority NAME · certificate NAME AUTHORITY SUBJECT-ALT-NAME [OPTION…]
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/$1.key" -out "$dir/$1.pem" \
		-subj "/CN=$1" -days 2 2>/dev/null
}
certificate() {
	local name=$1 ca=$2 san=$3
	shift 3
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/$name.key" -out "$dir/$name.csr" \
		-subj "/CN=$name" 2>/dev/null
	printf 'subjectAltName=%s\n' "$san" >"$dir/$name.ext"
	# "openssl ca" can date a certificate in the past; "openssl x509" of Debian 12 cannot
	: >"$dir/index.txt"
	openssl ca -batch -config "$dir/ca.conf" -cert "$dir/$ca.pem" -keyfile "$dir/$ca.key" -in "$dir/$name.csr" \
		-out "$dir/$name.pem" -extfile "$dir/$name.ext" -notext -rand_serial "$@" >"$dir/openssl.log" 2>&1 || { cat "$dir/openssl.log"; exit 1; }
}
cat >"$dir/ca.conf" <<CONF
[ca]
default_ca = here
[here]
database = $dir/index.txt
new_certs_dir = $dir
serial = $dir/serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
CONF
authority ca
authority other
certificate good ca IP:127.0.0.1,DNS:localhost -days 1
certificate stranger other IP:127.0.0.1 -days 1
certificate name ca DNS:elsewhere.example -days 1
certificate expired ca IP:127.0.0.1 -startdate 20200101000000Z -enddate 20210101000000Z
certificate future ca IP:127.0.0.1 -startdate 21000101000000Z -enddate 21010101000000Z
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/selfsigned.key" \
	-out "$dir/selfsigned.pem" -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -days 1 2>/dev/null

node tests/support/hostile_rpc.mjs "$dir" 2>"$dir/server.log" &
server=$!
for _ in $(seq 100); do [ -e "$dir/ports" ] && break; sleep 0.1; done
[ -e "$dir/ports" ] || { cat "$dir/server.log"; exit 1; }
declare -A port
while IFS== read -r name number; do port[$name]=$number; done <"$dir/ports"

bad=0
# expect LINE ARGUMENT…: what net_ask.mjs prints begins with LINE
expect() {
	local want=$1 got
	shift
	got=$(http_proxy=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 \
		SSL_CERT_FILE="$dir/ca.pem" timeout 20 node tests/support/net_ask.mjs "$@" 2>&1) || true
	case $got in
	"$want"*) ;;
	*) echo "$*: needed \"$want\", found \"$got\""; bad=$((bad + 1)) ;;
	esac
	case $got in
	ok*) ;;
	*127.0.0.1* | *localhost:* | *SECRET* | */missing*) case ${*: -1} in *evil*) ;; *)
		echo "$*: the words name the url: $got"; bad=$((bad + 1)) ;; esac ;;
	esac
}
tls() { echo "https://127.0.0.1:${port[$1]}$2"; }
plain() { echo "http://127.0.0.1:${port[plain]}$1"; }
ca=(--ca "$dir/ca.pem")

# TLS
expect 'ok 1 {"jsonrpc":"2.0","id":1,"result":"0x1"}' "${ca[@]}" "$(tls good /good)"
expect 'ok 1 ' "${ca[@]}" "https://localhost:${port[good]}/good"
expect 'tls-ca 1 ' "$(tls good /good)"
expect 'tls-ca 1 ' "${ca[@]}" "$(tls stranger /good)"
expect 'tls-ca 1 ' "${ca[@]}" "$(tls selfsigned /good)"
expect 'tls-name 1 the certificate is for another name' "${ca[@]}" "$(tls name /good)"
expect 'tls-expired 1 the certificate has expired' "${ca[@]}" "$(tls expired /good)"
expect 'tls-expired 1 the certificate is not valid yet' "${ca[@]}" "$(tls future /good)"
expect 'tls 1 ' "${ca[@]}" "$(tls old /good)"
expect 'tls 1 ' "${ca[@]}" "https://127.0.0.1:${port[plain]}/good"
expect 'tls 1 ' "${ca[@]}" "https://127.0.0.1:${port[raw]}/good"

# plain http: this machine only, by name and by address
expect 'ok 1 ' "$(plain /good)"
expect 'ok 1 ' "http://localhost:${port[plain]}/good"
expect 'ok 1 ' "$(plain /headers)"
for url in http://192.0.2.1/ http://rpc.example/ http://127.0.0.1.example/ http://0.0.0.0/ http://user@192.0.2.1/ \
	'http://192.0.2.1#@127.0.0.1/' 'http://[::ffff:192.0.2.1]/'; do
	expect 'request ' "$url"
done
for url in file:///etc/passwd ftp://127.0.0.1/ ws://127.0.0.1/ 127.0.0.1 'gopher://127.0.0.1/' '' 'http://'; do
	expect 'request ' "$url"
done

# HTTP
expect 'http-status 1 HTTP 307: a redirect' "$(plain /redirect)"
expect 'http-status 1 HTTP 403' "$(plain /forbidden)"
expect 'http-status 1 HTTP 404' "$(plain /missing)"
expect 'http-status 1 HTTP 429' "$(plain /busy)"
expect 'ok 2 ' "$(plain /busy)" 2000 100000 3
expect 'ok 2 ' "$(plain /flaky)" 2000 100000 1
expect 'connect 1 ' "$(plain /gone)"
expect 'connect 3 ' "$(plain /gone)" 2000 100000 2
expect 'connect 1 nobody answers there' http://127.0.0.1:1/
expect 'http-status 1 the reply is not HTTP' "http://127.0.0.1:${port[raw]}/"

# replies
expect 'too-large 1 the reply is larger than 100000 bytes' "$(plain /large)"
expect 'too-large 1 ' "$(plain /large-told)"
expect 'timeout 1 ' "$(plain /slow)" 300
expect 'timeout 1 ' "$(plain /trickle)" 300
expect 'timeout 2 ' "$(plain /silent)" 200 1000 1
expect 'not-json 1 ' "$(plain /garbage)"
expect 'not-json 1 ' "$(plain /html)"
expect 'not-json 1 ' "$(plain /empty)"
expect 'not-json 1 ' "$(plain /gzip)"
expect 'truncated 1 ' "$(plain /truncated)"
expect 'ok 1 ' "$(plain /deep)" 2000 300000
expect 'ok 1 ' "$(plain /wrong-id)"

# Bounds are not the asker's to lift.
expect 'request ' "$(plain /good)" 0
expect 'request ' "$(plain /good)" 2000 0
expect 'request ' "$(plain /good)" 2000 99999999999
expect 'request ' "$(plain /good)" 2000 1000 1000
# A broken frame ends it with a word, not with an answer.
for frames in 'x' '99999999999' '5' '007
abcdefg' '999999
'; do
	if out=$(printf '%s' "$frames" | timeout 10 "$SETGOV_NET" 2>&1); then
		echo "setgov-net takes the frame \"$frames\": $out"; bad=$((bad + 1))
	fi
done
[ "$(printf '' | "$SETGOV_NET" | wc -c)" = 0 ]

# It reads no file of ours, leaves no core, and nobody looks into it.
confined=$("$SETGOV_NET" --confined)
case $confined in
confined) ;;
no*) echo "SKIPPED: $confined" ;;
*) echo "setgov-net reads files: $confined"; bad=$((bad + 1)) ;;
esac
if "$SETGOV_NET" --ca "$dir/none.pem" </dev/null 2>/dev/null; then
	echo "a missing file of authorities is no error"; bad=$((bad + 1))
fi
mkfifo "$dir/in"
"$SETGOV_NET" <"$dir/in" >/dev/null &
net=$!
exec 9>"$dir/in"
sleep 0.3
[ "$(awk '/Max core file size/ { print $5, $6 }' /proc/$net/limits)" = '0 0' ] || { echo "it may leave a core"; bad=$((bad + 1)); }
grep -q '^NoNewPrivs:.*1' /proc/$net/status || { echo "it may gain privileges"; bad=$((bad + 1)); }
exec 9>&-
wait $net
[ "$bad" = 0 ] || { echo "$bad wrong"; exit 1; }
echo "every failure has its kind"
