#!/usr/bin/env bash
# Contracts that setgov was not developed with, given only a profile: OpenZeppelin's own build of the timelock, other names,
# another delay, fewer contracts. The registry is handed over to it first, through setgov too.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
artifact=contracts/node_modules/@openzeppelin/contracts/build/contracts/TimelockController.json
[ -e "$artifact" ] || { echo "SKIPPED: OpenZeppelin's build is not installed: make deps"; exit 77; }
ready
clock=$(node tests/support/foreign.mjs "$(cat "$HERE/rpc-url")" "$HERE/deployment.json" "$HERE/foreign.json")

console draft ownership.transfer contract=registry "owner=$clock" --title "Hand over" --reason "New timelock" >/dev/null
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
warp 86400
agree SC-1 execute 1 2 3
expect 0 "as intended" submit SC-1 execute

# The signers see what changes, field by field, before the new profile takes the old one's place.
mv "$HERE/console" "$HERE/old-console"
cp "$HERE/foreign.json" "$HERE/deployment.json"
console init --deployment "$HERE/deployment.json" --json >"$HERE/init.json"
DEPLOYMENT=$(field deployment <"$HERE/init.json")
expect 0 "It takes the place of a pinned deployment" signer_run 1 trust "$HERE/deployment.json" --expect "$DEPLOYMENT"
expect 0 "pinned already" signer_run 1 trust "$HERE/deployment.json"
for n in 2 3; do signer_run $n trust "$HERE/deployment.json" --expect "$DEPLOYMENT" >/dev/null; done
"$signer" trust "$HERE/deployment.json" --expect "$DEPLOYMENT" --home "$HERE/payer" >/dev/null

console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" --delay 2h >/dev/null
console propose SC-1 >/dev/null
expect 0 "batch-book" console show SC-1
agree SC-1 schedule 1 2 3
expect 0 "is on chain" submit SC-1 schedule
warp 3600
agree SC-1 execute 1 2 3
expect 1 "TOO-EARLY" submit SC-1 execute
warp 3600
expect 0 "as intended" submit SC-1 execute
expect 0 "The log is whole" console log verify

