#!/usr/bin/env bash
# The whole flow on a real chain: a sequencer key is rotated on every contract that knows it, and nothing else changes.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready

console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
same "$(state_of SC-1)" drafted
expect 1 "NOT-PROPOSED" console packet SC-1
# What is frozen is the draft that was read: not one that somebody made of it since
read_line=$(console draft --edit SC-1 --title "Rotate" --json | jq .line)
drafted_line=$(console draft --edit SC-1 --reason "Quarterly rotation" --json | jq .line)
expect 1 "REDRAFTED" console propose SC-1 --line "$read_line"
same "$(state_of SC-1)" drafted
console propose SC-1 --line "$drafted_line" >/dev/null
same "$(state_of SC-1)" proposed
expect 1 "FROZEN" console propose SC-1
expect 1 "FROZEN" console draft --edit SC-1 --title x

packet SC-1 schedule
first=$(sha256sum "$PACKET")
packet SC-1 schedule
same "$(sha256sum "$PACKET")" "$first"
same "$(lines_of SC-1 step.packed)" 1
expect 1 "SIGNATURES" submit SC-1 schedule
for n in 2 5 3; do sign $n >/dev/null; done
# shellcheck disable=SC2046
console collect $(answers | shuf) >/dev/null
# shellcheck disable=SC2046
expect 0 "3 known" console collect $(answers)
expect 0 "is on chain" submit SC-1 schedule
same "$(state_of SC-1)" scheduled
expect 0 "on chain already" submit SC-1 schedule

agree SC-1 execute 1 3 4
expect 1 "TOO-EARLY" submit SC-1 execute
warp 86400
same "$(state_of SC-1)" ready
expect 0 "as intended" submit SC-1 execute
same "$(state_of SC-1)" executed
same "$(console show SC-1 --json | field verified)" true
expect 0 "The log is whole" console log verify

# What the contracts say, asked without us.
at() { node -e 'const d = JSON.parse(require("fs").readFileSync(process.argv[1])); console.log(d.identity.contracts[process.argv[2]].address)' "$HERE/deployment.json" "$1"; }
authorised() { rpc eth_call "[{\"to\":\"$(at "$1")\",\"data\":\"0x524a6d77000000000000000000000000${2#0x}\"},\"latest\"]" | field result; }
for contract in registry attestation; do
	same "$(authorised $contract $OLD)" 0x0000000000000000000000000000000000000000000000000000000000000000
	same "$(authorised $contract $NEW)" 0x0000000000000000000000000000000000000000000000000000000000000001
done

# The chain witnesses the log: the salt in the CallSalt event is the log's root at that size.
salt=$(console show SC-1 --json | field salt)
found=$(rpc eth_getLogs "[{\"fromBlock\":\"0x0\",\"topics\":[\"0x20fda5fd27a1ea7bf5b9567f143ac5470bb059374a27e8f67cb44f946f6d0387\"]}]" | field data)
same "$found" "$salt"

# A tier's limits are compared with what was proposed, one by one.
console draft paymaster.update-tier tier=0 "perTx=0.0005 ether" "perDay=0.005 ether" "perMonth=0.05 ether" \
	--title "Halve" --reason "Fraud" >/dev/null
console propose SC-2 >/dev/null
agree SC-2 schedule 1 2 3
submit SC-2 schedule >/dev/null
expect 1 "WAITING" console packet SC-2
warp 86400
agree SC-2 execute 3 4 5
expect 0 "as intended  paymaster: tier 0: most in one month, in wei: 50000000000000000" submit SC-2 execute
same "$(console show SC-2 --json | field verified)" true

# Signatures leave the machine only when their nonce is spent.
expect 0 "0 withheld" console log export "$HERE/export"
