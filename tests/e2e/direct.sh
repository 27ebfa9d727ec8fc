#!/usr/bin/env bash
# Direct changes: cancelling an operation, also one that setgov did not make; rejecting a nonce; changing owners.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready

# An operation is scheduled and then cancelled by its own cancel step.
console draft registry.pause --title "Pause" --reason "Drill" >/dev/null
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
agree SC-1 cancel 1 2 3
expect 0 "is on chain" submit SC-1 cancel
same "$(state_of SC-1)" cancelled

# The same, by a direct change that names only the id.
console draft registry.pause --title "Pause" --reason "Drill again" >/dev/null
console propose SC-2 >/dev/null
agree SC-2 schedule 3 4 5
submit SC-2 schedule >/dev/null
id=$(console show SC-2 --json | field operation)
console draft timelock.cancel "operation=$id" --title "Stop it" --reason "Not ours" >/dev/null
console propose SC-3 >/dev/null
expect 3 "no step schedule" console packet SC-3 --step schedule
expect 1 "[NO-STEP] SC-3 is a direct change and has one step: setgov submit SC-3 execute" submit SC-3 cancel
agree SC-3 execute 1 2 4
expect 0 "is on chain" submit SC-3 execute
same "$(state_of SC-2)" cancelled

# A withdrawn change leaves loose signatures; spending their nonce kills them.
console draft registry.pause --title "Pause" --reason "Mistake" >/dev/null
console propose SC-4 >/dev/null
agree SC-4 schedule 1 2 3
nonce=$(field nonce <"$HERE/packet.json")
expect 0 "Loose: schedule has 3 signatures" console withdraw SC-4 --reason "wrong contract"
expect 0 "loose" console queue
expect 1 "WITHDRAWN" submit SC-4 schedule
console draft safe.reject "nonce=$nonce" --title "Spend $nonce" --reason "loose signatures" >/dev/null
console propose SC-5 >/dev/null
agree SC-5 execute 3 4 5
expect 0 "is on chain" submit SC-5 execute
console queue >"$HERE/queue"
! grep -q loose "$HERE/queue" || fail "still loose"

# A cancel takes the Safe's own nonce and displaces whoever holds it; that step's next packet has another one.
console draft registry.pause --title "Pause" --reason "Third" >/dev/null
console propose SC-6 >/dev/null
agree SC-6 schedule 1 2 3
submit SC-6 schedule >/dev/null
console draft registry.legacy on=false --title "Close" --reason "Tidy" >/dev/null
console propose SC-7 >/dev/null
agree SC-7 schedule 1
held=$(field nonce <"$HERE/packet.json")
agree SC-6 cancel 1 2 3
same "$(field nonce <"$HERE/packet.json")" "$held"
packet SC-7 schedule
same "$(field nonce <"$HERE/packet.json")" $((held + 1))
expect 0 "1 signature left behind: loose" console queue
packet SC-7 schedule
same "$(lines_of SC-7 step.packed)" 2
expect 1 "NONCE" submit SC-7 schedule
expect 0 "is on chain" submit SC-6 cancel
console queue >"$HERE/queue"
! grep -q loose "$HERE/queue" || fail "spent, and still loose"
expect 1 "STALE" console collect "$(answers)"
rm "$(answers)"
agree SC-7 schedule 3 4 5
expect 0 "is on chain" submit SC-7 schedule

# Fresh evidence makes another packet; what was signed under the old one stays good.
console draft registry.legacy on=false --title "Close" --reason "Tidy again" >/dev/null
console propose SC-8 >/dev/null
packet SC-8 schedule
sign 1 >/dev/null
old=$(answers)
packet SC-8 schedule --refresh
same "$(lines_of SC-8 step.packed)" 2
expect 0 "1 added" console collect "$old"
for n in 2 3; do sign $n >/dev/null; done
# shellcheck disable=SC2046
console collect $(answers) >/dev/null
expect 0 "is on chain" submit SC-8 schedule

# Owners: the Safe's list needs the owner before the one that goes, which the chain tells.
new=0x3333333333333333333333333333333333333333
console draft safe.swap-owner "old=$(address_of signer-5)" "new=$new" --title "Replace p5" --reason "Left" >/dev/null
console propose SC-9 >/dev/null
agree SC-9 execute 1 2 3
expect 0 "is on chain" submit SC-9 execute
expect 0 "owners are not those of the profile" console status
expect 0 "The log is whole" console log verify

# What owners signed for each of these, direct and through the timelock, cancelled and with another nonce, is in each
# change's page, as another program computes it from the lines alone.
approvals=
for n in 1 2 3 4 5 6 7 8 9; do
	console report change "SC-$n" -o "$HERE/page.html" >/dev/null
	console log prove entry 0 --size "$(console log checkpoint --json | field size)" --json >"$HERE/proof"
	expect 0 "verified" node tests/support/read_page.mjs "$HERE/page.html" "$(field root <"$HERE/proof")" "$(field vkey <"$HERE/proof")"
	approvals+=" $(sed -n 's/.*,"approvals":\[\([^]]*\)\].*/\1/p' "$HERE/page.html" | tr -cd '{' | wc -c)"
done
same "$approvals" " 6 3 3 0 3 6 3 3 3"
