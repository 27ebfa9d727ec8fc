#!/bin/bash
# setgov preview --queue: everything that waits in one simulation, each change on top of those before it, in the order in
# which the Safe and the timelock will let them run; and who stands in whose way.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"

ready
LAST=0
proposed() { # proposed ACTION…: CHANGE is its id
	LAST=$((LAST + 1))
	CHANGE=SC-$LAST
	console draft "$@" --title t --reason r >/dev/null
	console propose "$CHANGE" >/dev/null
}
of() { # of CHANGE: its part of the page
	awk -v c="$1," '/^SC-[0-9]+, run in thought/ { mine = $1 == c } mine' "$HERE/out"
}

expect 0 "Nothing waits." console preview --queue
expect 2 "one change, or --queue" console preview
expect 2 "one change, or --queue" console preview SC-1 --queue

# Two that count on each other: the second sees the first's tier, which nothing on chain has yet.
proposed paymaster.create-tier name=Gold perTx="1 ether" perDay="2 ether" perMonth="3 ether"
proposed paymaster.update-tier tier=2 perTx="1 ether" perDay="5 ether" perMonth="6 ether"
expect 1 "IT FAILS: execute: InvalidTier()" console preview SC-2
expect 0 "In the order in which they will run, each on top of those before it: SC-1, SC-2" console preview --queue
of SC-2 | grep -A1 "paymaster: tier 2: most in one day$" | among "2 ether  ->  5 ether" || { cat "$HERE/out"; fail "SC-2 does not start from what SC-1 leaves"; }
grep -q "Storage is compared for a change by itself: setgov preview SC-1" "$HERE/out" || fail "it does not say what it leaves out"

# One that fails because of an earlier one names it; one that fails by itself says that.
proposed registry.pause
proposed registry.pause
proposed registry.unpause
expect 1 "IT FAILS: execute: EnforcedPause() (because of SC-3, which runs before it: without that one it runs)" console preview --queue
of SC-4 | among "because of SC-3" || { cat "$HERE/out"; fail "another one is named"; }
of SC-5 | among "Changed as intended" || { cat "$HERE/out"; fail "SC-5 does not undo what SC-3 does"; }
console withdraw SC-4 --reason "once is enough" >/dev/null
console withdraw SC-3 --reason "it is not needed" >/dev/null
expect 1 "IT FAILS: execute: ExpectedPause() (by itself, too)" console preview --queue
console withdraw SC-5 --reason "nothing is paused" >/dev/null

# The Safe's nonces decide, then the timelock's clock: what is packed goes first, what is scheduled keeps its time.
proposed safe.change-threshold threshold=2
packet SC-6 execute
expect 0 "it: SC-6, SC-1, SC-2" console preview --queue
console withdraw SC-6 --reason "three it is" >/dev/null
agree SC-2 schedule 1 2 3
submit SC-2 schedule >/dev/null
warp 60
expect 1 "it: SC-2, SC-1" console preview --queue
of SC-2 | among "IT FAILS: execute: InvalidTier() (by itself, too)" || { cat "$HERE/out"; fail "SC-2 does not run before SC-1"; }
! of SC-2 | among "  schedule by" || { cat "$HERE/out"; fail "what is scheduled is scheduled again"; }
of SC-1 | among "Changed as intended" || { cat "$HERE/out"; fail "SC-1 does not run behind one that fails"; }

# JSON for scripts: one preview each.
console preview --queue --json >"$HERE/json" || true
same "$(field format <"$HERE/json")" setgov-preview-queue/1
same "$(node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).changes.map((c) => `${c.change} ${c.clean}`).join())' <"$HERE/json")" \
	"SC-2 false,SC-1 true"
