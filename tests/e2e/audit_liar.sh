#!/usr/bin/env bash
# The auditor's node lies: what it leaves out is found by what it cannot leave out, what it makes up is refused, and what could
# not be checked is named.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
url=$(cat "$HERE/rpc-url")
echo none >"$HERE/lie"
node tests/support/lying_node.mjs "$HERE" "$url" &
liar=$!
trap 'kill $liar 2>/dev/null; finish' EXIT
for _ in $(seq 200); do [ ! -e "$HERE/lying-url" ] || break; sleep 0.05; done
lying=$(cat "$HERE/lying-url")
block() { rpc eth_blockNumber | field result | xargs printf '%d\n'; }

console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
warp 86400
agree SC-1 execute 1 2 3
submit SC-1 execute >/dev/null
console draft sequencer.revoke "sequencer=$NEW" --title "Stop it" --reason "Gone" >/dev/null
console propose SC-2 >/dev/null
agree SC-2 schedule 1 2 3
submit SC-2 schedule >/dev/null
agree SC-2 cancel 1 2 3
submit SC-2 cancel >/dev/null
console log export "$HERE/export" >/dev/null
audit() { (cd "$HERE" && "$setgov" audit "$HERE/export" --vkey "$(cat "$HERE/export/log.vkey")" --rpc "$lying" "$@"); }
hash=$(rpc eth_getBlockByNumber '["latest", false]' | field hash)

# The truth, and the hash of the last block from another source: nothing differs, and what remains is named.
expect 0 "Nothing differs." audit --block-hash "$hash"
grep -q "Proven from the block hash that you gave" "$HERE/out"
grep -q "LOOK\|DIFFERS\|ONLY" "$HERE/out" && fail "something differs: $(cat "$HERE/out")"
expect 0 "ok       headers of blocks 0 to $(block): each names the one before; " audit --block-hash "$hash" --headers
grep -q "NOT CHECKED: events that your node leaves out\|NOT CHECKED: operations of accounts\|NOT CHECKED: block " "$HERE/out" && fail "the headers say all: $(cat "$HERE/out")"
expect 0 "NOT CHECKED: the hash of block $(block), from which all that is proven follows: $hash is your node's word" audit
expect 1 "[BLOCK-HASH] block $(block) is $hash on your node, not what you gave" audit --block-hash "${hash%?}$([[ $hash = *0 ]] && echo 1 || echo 0)"
expect 3 "--block-hash" audit --block-hash 0x12

# Behind everybody's back, and left out: each event is found by what it left behind.
node tests/support/stranger.mjs safe-tx "$url" "$HERE/deployment.json" >/dev/null
approve='ApproveHash(bytes32,address)' success='ExecutionSuccess(bytes32,uint256)'
expect 1 "ONLY ON CHAIN  Safe transactions: block " audit
grep -q "ok       nonce of the Safe: from 0 to 5, as many transactions as events" "$HERE/out"
expect 1 "ONLY ON CHAIN  approvals on chain: block " audit
echo "omit $approve $success" >"$HERE/lie"
expect 1 "DIFFERS  nonce of the Safe: from 0 to 5; your node shows events of 0 transactions. It left some out" audit
expect 1 "ONLY IN THE LOG  Safe transactions: block " audit
# Only the one that the log does not know: the count tells.
echo "omit $approve @$(rpc eth_blockNumber | field result)" >"$HERE/lie"
expect 1 "DIFFERS  nonce of the Safe: from 0 to 5; your node shows events of 4 transactions. It left some out" audit
grep -q "^ONLY" "$HERE/out" && fail "the event was not left out"
echo none >"$HERE/lie"

# The same for operations of the log, and for what an event says last.
echo "omit Cancelled(bytes32)" >"$HERE/lie"
expect 1 "ONLY IN THE LOG  operations cancelled" audit
echo none >"$HERE/lie"
node tests/support/stranger.mjs operation "$url" "$HERE/deployment.json" >/dev/null
expect 1 "ONLY ON CHAIN  role changes: block " audit
expect 1 "ONLY ON CHAIN  operations scheduled: block " audit
echo "omit RoleGranted(bytes32,address,address)" >"$HERE/lie"
expect 1 "ONLY ON CHAIN  operations scheduled: block " audit
grep -q "timelock.hasRole" "$HERE/out" && fail "nobody named the account"
# Of both no counter tells. The blocks' headers do.
echo "omit RoleGranted(bytes32,address,address) CallScheduled(bytes32,uint256,address,uint256,bytes,bytes32,uint256)" >"$HERE/lie"
audit >"$HERE/out" || true
grep -q "ONLY ON CHAIN  role\|ONLY ON CHAIN  operations\|It left" "$HERE/out" && fail "something else told: $(cat "$HERE/out")"
scheduled=$(($(block))) granted=$(($(block) - 1))
timelock=$(field timelock <"$HERE/deployment.json")
expect 1 "DIFFERS  block $granted: its header has $timelock (the timelock) and RoleGranted(bytes32,address,address), and" audit --headers
# The timelock is shown in that block, for its CallSalt: whether it also scheduled something, the receipts would tell.
expect 1 "NOT CHECKED: block $scheduled: its header has $timelock (the timelock) and CallScheduled(" audit --headers
printf 'omit RoleGranted(bytes32,address,address) @0x%x\n' "$scheduled" >"$HERE/lie"
expect 1 "DIFFERS  block $scheduled: its header has $timelock (the timelock) and CallScheduled(" audit --headers
echo none >"$HERE/lie"
node tests/support/stranger.mjs upheaval "$url" "$HERE/deployment.json" >/dev/null
expect 1 "ONLY ON CHAIN  owner changes: block " audit
for event in 'AddedOwner(address)' 'ChangedThreshold(uint256)' 'OwnershipTransferred(address,address)' 'Paused(address)' \
	'Upgraded(address)' 'EnabledModule(address)' 'ChangedGuard(address)' 'MinDelayChange(uint256,uint256)'; do
	echo "omit $event" >"$HERE/lie"
	expect 1 "It left some out" audit
done
echo none >"$HERE/lie"

# What is made up, out of place, out of order or without an end is refused, and says which.
refused() { # refused STATUS LIE TEXT
	echo "$2" >"$HERE/lie"
	expect "$1" "$3" audit
}
refused 4 twice "logs are out of order"
refused 4 backwards "logs are out of order"
refused 4 outside "a log that was not asked for"
refused 4 others "a log that was not asked for"
refused 4 huge "too-large: the reply is larger than"
refused 1 chain "[CHAIN-ID]"
refused 1 invent "DIFFERS  nonce of the Safe"
refused 1 elsewhere "your node in 0x"
echo hash >"$HERE/lie"
now=$(rpc eth_getBlockByNumber '["latest", false]' | field hash)
expect 1 "[BLOCK-HASH]" audit --block-hash "$now"
expect 1 "NOT CHECKED: the Safe's transactions and lists by state proof" audit
# What cannot be proven is named; the rest is said all the same.
refused 1 no-proof "NOT CHECKED: the Safe's transactions and lists by state proof"
refused 1 proof "NOT CHECKED: the timelock's word on operations by state proof"
refused 1 header "NOT CHECKED: the Safe's transactions and lists by state proof"
echo header >"$HERE/lie"
expect 1 "NOT CHECKED: what the headers of the blocks say of events: the header of block $(block) is not the one that the block after it names" audit --headers
refused 1 no-past "NOT CHECKED: what the profile of line 0 claims, in block "
grep -q "ok       nonce of the Safe" "$HERE/out" || fail "the newest block can be proven"

# Two nodes that do not agree.
for lie in "omit Paused(address)" hash elsewhere; do
	echo "$lie" >"$HERE/lie"
	expect 1 "[DISAGREE]" audit --rpc "$url"
done
echo none >"$HERE/lie"
expect 1 "ONLY ON CHAIN" audit --rpc "$url"
grep -q "your node against another" "$HERE/out" && fail "there were two"
exit 0
