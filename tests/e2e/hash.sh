#!/usr/bin/env bash
# hash, recover and decode as whole programs: the published vectors in, their hashes out; bad input located, status 3.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
command -v node >/dev/null || { echo "SKIPPED: node is not installed: make deps"; exit 77; }
setgov() { "$BUILD/setgov" "$@"; }

fail() {
	echo "line ${BASH_LINENO[1]}: $*" >&2
	exit 1
}
# expect STATUS TEXT COMMAND…
expect() {
	local want=$1 text=$2 got=0
	shift 2
	"$@" >"$HERE/out" 2>&1 || got=$?
	[ "$got" = "$want" ] || { cat "$HERE/out" >&2; fail "$*: needed status $want, found $got"; }
	grep -qF -- "$text" "$HERE/out" || { cat "$HERE/out" >&2; fail "$*: nothing says \"$text\""; }
}

# Every vector through the program itself.
cat >"$HERE/vectors.cjs" <<'EOF'
const fs = require("fs"), { execFileSync } = require("child_process"), assert = require("assert");
const [setgov, file] = [process.argv[2] + "/setgov", process.argv[3] + "/input.json"];
const run = (...args) => JSON.parse(execFileSync(setgov, [...args, "--json"], { encoding: "utf8" }));
const hash = (kind, input) => (fs.writeFileSync(file, JSON.stringify(input)), run("hash", kind, file));
const recover = (hash, blob) => run("recover", "--hash", hash, "--signatures", blob);
const read = (path) => JSON.parse(fs.readFileSync("tests/vectors/" + path));
for (const v of read("safe-tx.json").vectors) {
	assert.deepStrictEqual(hash("safe-tx", v.input), v.expect, v.id);
	if (v.signatures)
		assert.deepStrictEqual(recover(v.expect.safeTxHash, v.signatures.blob), v.signatures.list, v.id);
}
const safe = read("gov/safe.json");
for (const b of safe.blobs)
	assert.deepStrictEqual(recover(safe.safeTxHash, b.blob), b.list);
for (const o of read("gov/timelock.json").operations)
	assert.deepStrictEqual(hash("operation", o.input), { id: o.id });
EOF
node "$HERE/vectors.cjs" "$BUILD" "$HERE"

# The document of EIP-712's own example, with the hashes that its example test has.
cat >"$HERE/mail.json" <<'EOF'
{"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},
{"name":"verifyingContract","type":"address"}],"Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],
"Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name":"contents","type":"string"}]},"primaryType":"Mail",
"domain":{"name":"Ether Mail","version":"1","chainId":1,"verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
"message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
"to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}}
EOF
expect 0 0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f setgov hash typed-data "$HERE/mail.json"
expect 0 0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2 setgov hash typed-data "$HERE/mail.json"
expect 0 0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e setgov hash typed-data "$HERE/mail.json"
sed -i 's/"contents":"Hello/"content":"Hello/' "$HERE/mail.json"
expect 3 "mail.json:6: message.content" setgov hash typed-data "$HERE/mail.json"

# What is wrong is named with its line and byte.
printf '{\n"chainId": 1,\n"safe": "0x12"}' >"$HERE/bad.json"
expect 3 "bad.json:3: safe, byte 24: an address has 40 digits" setgov hash safe-tx "$HERE/bad.json"
printf '{"target": ' >"$HERE/bad.json"
expect 3 "bad.json:1: byte 11" setgov hash operation "$HERE/bad.json"
expect 3 "no-such-file" setgov hash operation "$HERE/no-such-file"
expect 2 "usage: setgov hash safe-tx" setgov hash safe-tx
zeros=0x$(printf '0%.0s' {1..64})
expect 3 "--hash, byte 4: needed 64 hex digits, found 2" setgov recover --hash 0x12 --signatures 0x
expect 3 "--signatures, byte 0: needed at least one signature of 65 bytes, found nothing" setgov recover --hash "$zeros" --signatures 0x
expect 2 "recover needs --signatures" setgov recover --hash "$zeros"

# Calldata is read by its target's ABI.
profile=contracts/deployments/demo.json
timelock=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).identity.timelock' "$profile")
id=$(printf 'ab%.0s' {1..32})
expect 0 "cancel(bytes32)" setgov decode --deployment "$profile" --to "$timelock" "0xc4d252f5$id"
expect 1 "[SELECTOR]" setgov decode --deployment "$profile" --to "$timelock" "0x12345678"
expect 1 "[TARGET]" setgov decode --deployment "$profile" --to 0x1111111111111111111111111111111111111111 "0xc4d252f5$id"
expect 1 "[CALLDATA]" setgov decode --deployment "$profile" --to "$timelock" "0xc4d252f5${id}00"
echo "hash, recover and decode say what was published"
