#!/usr/bin/env bash
# Looking at the chain: what the log does not know of, what is not as the profile says, nodes that are dead or hang, that a
# second look reads new events alone, and what the contracts say now beside a change or a form.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
url=$(cat "$HERE/rpc-url")
# The tests by path, and BUILD as the path that make knows it by.
${MAKE:-make} --no-print-directory BUILD="$(realpath --relative-to=. "$BUILD")" \
	"$(realpath --relative-to=. "$BUILD")/tests/unit/test_snapshot" >"$HERE/make" 2>&1 || { cat "$HERE/make"; exit 1; }
# Whatever it prints, the console can read.
status() {
	console status --json >"$HERE/status.json"
	SETGOV_SNAPSHOT=$HERE/status.json "$BUILD/tests/unit/test_snapshot" >"$HERE/read" 2>&1 || { cat "$HERE/read"; exit 1; }
}
# has MEMBER TEXT: the JSON of that member of the last status has this text
has() { node -e '
	const v = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))[process.argv[2]];
	if (v === undefined || !JSON.stringify(v).includes(process.argv[3])) { console.error(JSON.stringify(v)); process.exit(1); }' \
	"$HERE/status.json" "$1" "$2" || fail "$1 does not have $2"; }
hasnot() { ! (has "$1" "$2") 2>/dev/null || fail "$1 has $2"; }

# As deployed, everything is as the profile says.
status
same "$(field online <"$HERE/status.json")" true
same "$(field findings <"$HERE/status.json")" "[]"
same "$(field eventsKnown <"$HERE/status.json")" true
has contracts "\"name\":\"registry\""
has balances '"wei":"10000000000000000000"'
expect 0 "endpoint devnet: answers" console status
expect 0 "payer " console status

# A change of the log: its operation is asked for, and found in events.
console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null
status
has operations '"change":"SC-1","timestamp":0,"scheduled":null'
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
status
has operations '"change":"SC-1","timestamp":1'
has operations "setSequencerAuthorization(address,bool): "
same "$(field foreign <"$HERE/status.json")" "[]"
same "$(field findings <"$HERE/status.json")" "[]"

# What the contracts say now and are to say afterwards; and beside a form that is half filled in.
expect 0 "registry: $OLD may act as a sequencer: true -> false" console show SC-1
expect 0 "registry: $NEW may act as a sequencer: false -> true" console show SC-1
console show SC-1 --json >"$HERE/status.json"
has reads '"before":"true","contract":"attestation","data":"0x524a6d770000000000000000000000001111111111111111111111111111111111111111","expect":"false"'
console show SC-1 --offline --json >"$HERE/status.json"
has reads null
form() { console actions "$@" --now --json | node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0))[0]))' >"$HERE/status.json"; }
form paymaster.update-tier
same "$(field now <"$HERE/status.json")" "[]"
form paymaster.update-tier tier=0 perDay=lots
has now '"say":"paymaster: tier 0: most in one transaction, in wei"'
has now '"arg":"perTx"'
has now '"arg":null'
has bad '"arg":"perDay","what":"'
expect 0 "  now: paymaster: tier 0: most in one day, in wei: " console actions paymaster.update-tier tier=0 --now
expect 2 "usage: setgov actions" console actions --now
expect 2 "usage: setgov actions" console actions paymaster.update-tier tier=0

# A stranger may propose, and did; the Safe ran something that nobody logged.
id=$(node tests/support/stranger.mjs operation "$url" "$HERE/deployment.json")
hash=$(node tests/support/stranger.mjs safe-tx "$url" "$HERE/deployment.json")
export SETGOV_NET=$PWD/tests/support/net_record.mjs REAL_NET=$BUILD/setgov-net RECORD=$HERE/second
before=$(field block <"$HERE/status.json")
status
unset SETGOV_NET
has operations "\"id\":\"$id\",\"change\":null"
has operations '"delay":86400,"sentences":["registry '
has operations ' pause()"]'
has foreign "\"safeTxHash\":\"$hash\""
has foreign '"ok":true'
has findings UNKNOWN-OPERATION
has findings UNKNOWN-TX
has findings "who is not in the profile, holds a role of the timelock: proposer"
expect 0 "CRITICAL [UNKNOWN-OPERATION] the timelock holds an operation that the log does not know, $id" console status
expect 0 "CRITICAL [UNKNOWN-TX]" console status

# That look read what was new, and one without a new block reads nothing.
asked() { node -e '
	const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).filter((x) => x.method === "eth_getLogs");
	console.log(r.map((x) => Number(x.params[0].fromBlock)).join(" "));' "$1"; }
same "$(asked "$HERE/second")" $((before + 1))
SETGOV_NET=$PWD/tests/support/net_record.mjs RECORD=$HERE/third status
same "$(asked "$HERE/third")" ""
has findings UNKNOWN-TX

# A chain that went back: what it no longer has is no longer told.
snapshot=$(rpc evm_snapshot | field result)
hash2=$(node tests/support/stranger.mjs safe-tx "$url" "$HERE/deployment.json")
status
has foreign "$hash2"
rpc evm_revert "[\"$snapshot\"]" >/dev/null
rpc anvil_mine '["0x9"]' >/dev/null
status
hasnot foreign "$hash2"
has foreign "$hash"

# A file that is no database, and a workspace that cannot be written: read anew.
cached=$(ls "$HERE"/state/setgov/*.chain.db)
[ ! -e "$HERE/console/chain.db" ] || fail "a workspace that is shared holds what a node said"
echo "no database at all, and long enough to be looked at" >"$cached"
status
has foreign "$hash"

# What is not as the profile says.
console draft safe.swap-owner "old=$(address_of signer-5)" "new=$NEW" --title "Replace p5" --reason "Left" >/dev/null
console propose SC-2 >/dev/null
agree SC-2 execute 1 2 3
submit SC-2 execute >/dev/null
status
has findings "$NEW is one and should not be"
has findings "(p5) should be one and is not"
same "$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).foreign.length)' "$HERE/status.json")" 1

# One endpoint of two is dead: the other is read, and both are told. One that hangs takes no more than its share.
local_part() { node -e '
	const fs = require("fs"), f = process.argv[1], d = JSON.parse(fs.readFileSync(f, "utf8"));
	d.local = { ...d.local, ...JSON.parse(process.argv[2]) };
	fs.writeFileSync(f, JSON.stringify(d, null, 2));' "$HERE/console/deployment.json" "$1"; }
devnet="{\"name\":\"devnet\",\"url\":\"$url\"}"
dead='{"name":"dead","url":"http://127.0.0.1:9"}'
local_part "{\"endpoints\":[$dead,$devnet]}"
status
same "$(field online <"$HERE/status.json")" true
has endpoints '"name":"dead","ok":false'
has endpoints '"name":"devnet","ok":true'
has findings "dead is of no use: "
node -e 'const s = require("net").createServer(() => {}).listen(0, "127.0.0.1", () =>
	require("fs").writeFileSync(process.argv[1], String(s.address().port)))' "$HERE/hangs" &
hanging=$!
trap 'kill $hanging 2>/dev/null || true; finish' EXIT
for _ in $(seq 100); do [ -s "$HERE/hangs" ] && break; sleep 0.05; done
hangs="{\"name\":\"hangs\",\"url\":\"http://127.0.0.1:$(cat "$HERE/hangs")\"}"
local_part "{\"endpoints\":[$hangs,$devnet]}"
status
same "$(field online <"$HERE/status.json")" true
has endpoints '"name":"hangs","ok":false'

# Nobody answers: that is told too, soon, and is no failure.
local_part "{\"endpoints\":[$hangs,$dead]}"
start=$SECONDS
expect 0 "without the chain: hangs: " console status --timeout 3s
[ $((SECONDS - start)) -le 4 ] || fail "took $((SECONDS - start)) s"
status
same "$(field online <"$HERE/status.json")" false
has trouble "dead: "
same "$(field size <"$HERE/status.json")" "$(console log show --json | node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).length)')"
expect 0 "not asked" console status --offline
form registry.pause
has trouble "dead: "
expect 3 "--timeout: needed 1s to 1h" console status --timeout 2h

# Events before the first block of the profile are nobody's business.
local_part "{\"endpoints\":[$devnet],\"firstBlock\":100000}"
status
same "$(field foreign <"$HERE/status.json")" "[]"
same "$(field eventsKnown <"$HERE/status.json")" true
expect 0 "The log is whole" console log verify
