#!/usr/bin/env bash
# What the unit tests of src/chain prove with recorded replies, on a real chain with the real contracts: over plain HTTP to
# this machine, then over TLS with an authority of our own.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
[ -x contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil ] || { echo "SKIPPED: anvil is not installed: make deps"; exit 77; }
dir=$(mktemp -d)
proxy=
finish() {
	[ -z "$proxy" ] || kill "$proxy" 2>/dev/null || true
	[ ! -e "$dir/anvil.pid" ] || kill "$(cat "$dir/anvil.pid")" 2>/dev/null || true
	rm -rf "$dir"
}
trap finish EXIT
# The tests by path, and BUILD as the path that make knows it by.
${MAKE:-make} --no-print-directory BUILD="$(realpath --relative-to=. "$BUILD")" \
	"$(realpath --relative-to=. "$BUILD")"/tests/unit/test_{reader,submit} >"$dir/make" 2>&1 || { cat "$dir/make"; exit 1; }

owners=0x70997970C51812dc3A010C7d01b50e0d17dc79C8,0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC
owners+=,0x90F79bf6EB2c4f870365E785982E1f101E93b906,0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65
owners+=,0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc
contracts/devnet.sh start "$dir" 2>"$dir/log" || { cat "$dir/log"; exit 1; }
node contracts/build.mjs >/dev/null
node contracts/deploy.mjs --rpc "$(cat "$dir/rpc-url")" --owners "$owners" --threshold 3 --min-delay 86400 \
	--sequencer 0x1111111111111111111111111111111111111111 --payer 0x976EA74026E726554dB657fA54763abd0C3a0aa9 \
	--out "$dir/deployment.json" >/dev/null

export SETGOV_NET=$BUILD/setgov-net
live() { # live PROFILE
	local test
	for test in reader submit; do
		SETGOV_LIVE=$1 timeout 120 "$BUILD/tests/unit/test_$test" >"$dir/out" 2>&1 || { cat "$dir/out"; exit 1; }
		grep -q 'test(s) run' "$dir/out"
	done
}
live "$dir/deployment.json"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/ca.key" -out "$dir/ca.pem" -days 2 \
	-subj /CN=ours 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$dir/node.key" -out "$dir/node.csr" \
	-subj /CN=node 2>/dev/null
openssl x509 -req -in "$dir/node.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 1 \
	-extfile <(echo subjectAltName=DNS:localhost) -out "$dir/node.pem" 2>/dev/null
url=$(cat "$dir/rpc-url")
node tests/support/tls_proxy.mjs "$dir/node.key" "$dir/node.pem" "${url##*:}" "$dir/port" &
proxy=$!
for _ in $(seq 100); do [ -e "$dir/port" ] && break; sleep 0.05; done
sed "s|$url|https://localhost:$(cat "$dir/port")|" "$dir/deployment.json" >"$dir/tls.json"
SETGOV_CA=$dir/ca.pem live "$dir/tls.json"
# and not without that authority
if SETGOV_LIVE=$dir/tls.json timeout 60 "$BUILD/tests/unit/test_reader" >"$dir/out" 2>&1; then
	echo "an unknown authority is trusted"; exit 1
fi
grep -q "devnet: tls-ca: the certificate's authority is not trusted here\|devnet: tls-ca" "$dir/out" || { cat "$dir/out"; exit 1; }
echo "reads, submission and reverts hold on a real chain, over HTTP and TLS"
