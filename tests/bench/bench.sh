#!/usr/bin/env bash
# Whole processes beside the tools people use today, in one run; ratios hold where times do not. bench.sh BUILD
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${1:-build}")
HERE=$(mktemp -d)
export BUILD HERE
trap 'kill "$(cat "$HERE/node/anvil.pid" 2>/dev/null)" 2>/dev/null; rm -rf "$HERE"' EXIT
# shellcheck source=tests/support/ceremony.sh
. tests/support/ceremony.sh
pair=$BUILD/bench/pair
cast=contracts/node_modules/@foundry-rs/cast-linux-amd64/bin/cast
status=0

start_node
make_keys
deploy 0x1111111111111111111111111111111111111111
trust_all
console draft registry.pause --title bench --reason bench >/dev/null
console propose SC-1 >/dev/null
packet SC-1 schedule
console packet SC-1 --step schedule --typed-data -o "$HERE/typed.json"
node -e '
	const d = JSON.parse(require("fs").readFileSync(process.argv[1])), m = d.message;
	console.log(JSON.stringify({ chainId: d.domain.chainId, safe: d.domain.verifyingContract, safeVersion: "1.4.1", ...m }));' \
	"$HERE/typed.json" >"$HERE/safe-tx.json"
same=$("$setgov" hash safe-tx "$HERE/safe-tx.json" --json | field safeTxHash)
[ "$same" = "$HASH" ] || { echo "bench: the two documents are not the same: $same, $HASH" >&2; exit 2; }
[ "$(node tests/bench/ethers_hash.mjs "$HERE/typed.json")" = "$HASH" ] || { echo "bench: ethers hashes another document" >&2; exit 2; }

"$pair" 31 3 "setgov hash safe-tx, cast wallet sign --data" -- "$setgov" hash safe-tx "$HERE/safe-tx.json" --json \
	-- "$cast" wallet sign --private-key 0x0101010101010101010101010101010101010101010101010101010101010101 \
	--data --from-file "$HERE/typed.json" || status=1
"$pair" 15 50 "setgov hash safe-tx, ethers on node" -- "$setgov" hash safe-tx "$HERE/safe-tx.json" --json \
	-- node tests/bench/ethers_hash.mjs "$HERE/typed.json" || status=1

# The signer's peak memory against what scrypt itself needs: 128 N r bytes, 256 MiB for a key of full strength.
mkdir -p "$HERE/strong"
printf '%s\n' "$PASS" >"$HERE/pass"
"$signer" import "$HERE/backup/signer-1.json" --class test --home "$HERE/strong" --passphrase-fd 3 3<"$HERE/pass" >/dev/null
mkdir -p "$HERE/full"
"$signer" new --class test --copy "$HERE/full.json" --home "$HERE/full" --passphrase-fd 3 3<"$HERE/pass" >/dev/null
full=$("$signer" address --home "$HERE/full" | grep -o '0x[0-9a-fA-F]\{40\}' | head -n 1)
node -e '
	const fs = require("fs"), d = JSON.parse(fs.readFileSync(process.argv[1]));
	d.identity.people.find((p) => p.id === "p1").address = process.argv[2];
	fs.writeFileSync(process.argv[3], JSON.stringify(d));' "$HERE/deployment.json" "$full" "$HERE/full-deployment.json"
"$setgov" -C "$HERE/full-console" init --deployment "$HERE/full-deployment.json" --json >"$HERE/init"
"$signer" trust "$HERE/full-deployment.json" --expect "$(field deployment <"$HERE/init")" --home "$HERE/full" >/dev/null
c() { "$setgov" -C "$HERE/full-console" "$@"; }
c draft registry.pause --title bench --reason bench >/dev/null
c propose SC-1 >/dev/null
c packet SC-1 -o "$HERE/full-packet.json" --json >"$HERE/packet"
line=$("$pair" 3 - "setgov-signer sign, scrypt N=262144 r=8" -- sh -c "exec \"$signer\" sign \"$HERE/full-packet.json\" \
	--expect $(field safeTxHash <"$HERE/packet") --compared nobody -o \"$HERE/answer.json\" --home \"$HERE/full\" --passphrase-fd 3 \
	3<\"$HERE/pass\"")
echo "$line"
peak=$(sed 's/.*peak \([0-9]*\) KiB.*/\1/' <<<"$line")
over=$((peak - 262144))
echo "    over scrypt's own 262144 KiB: $over KiB (needed at most 16384)"
[ "$over" -le 16384 ] || { echo "    NOT MET"; status=1; }
exit $status
