#!/usr/bin/env bash
# A sequencer key is rotated by people at screens of 80 by 24: a workspace is made, a change composed and proposed, carried
# to three signers' machines and back, scheduled, waited for, carried again, executed, and its effect read back. Only what
# people do away from the screens is done by commands: a stick is emptied, and the chain's clock moves on.
set -euo pipefail
command -v tmux >/dev/null || { echo "SKIPPED: tmux is not installed: make deps"; exit 77; }
. "$(dirname "$0")/../support/e2e.sh"
. tests/support/screen.sh
. tests/support/people.sh
trap 'screen_end; finish' EXIT
start_node
make_keys
deploy "$OLD"

# ---- a workspace ----
desk
wait_for "make a workspace from a profile"
keys i
wait_for "the deployment's profile"
fill "$HERE/deployment.json"
wait_for "made when it is not there"
keys Enter
wait_for "The workspace is made"
DEPLOYMENT=$(see | sed -n 's/^deployment  *//p')
trust_signers
keys Escape
wait_for "Nothing waits."
wait_for "1 node answers"

# ---- composed and proposed ----
compose_rotation "$OLD" "$NEW" "Rotate the sequencer key" "Quarterly, as agreed"
keys p
wait_for "SC-1 is proposed and frozen."
wait_for "Next: s (signatures)"
wait_for "Before → after"
keys s
wait_for "schedule · no packet yet"

# ---- schedule: out, three machines, back, and to the chain ----
export_packet SC-1 schedule
wait_for "schedule · nonce 0 · 0 of 3 signed"
signers_sign 1 2 4
import_answers
wait_for "3 added, 0 known already, 0 refused or declined by signers, 0 not accepted"
keys Escape
wait_for "3 of 3 signed"
submit_step SC-1 schedule
is_state SC-1 scheduled

# ---- the two clocks ----
home
wait_for "SC-1 execute · no packet yet"
wait_for "operation ready in"
keys Enter
wait_for "One change · SC-1"
keys s
wait_for "Signatures: owners and steps"

# ---- execute is packed while the timelock waits, and compared with what was signed ----
rm "$STICK"/*
export_packet SC-1 execute
keys End
wait_for "execute · nonce 1 · 0 of 3 signed"
signer_opens 1 2 4
keys End
wait_for "identical with the schedule that was signed here"
signer_reads 1 2 4
signer_compares 1 2 4
signer_signs 1 2 4
import_answers
wait_for "3 added"
keys Escape
wait_for "Signatures: owners and steps"
keys End
wait_for "execute · nonce 1 · 3 of 3 signed"
keys u
wait_for "ready in"
never "to the chain"
warp 86400
keys q
wait_for "Queue: what waits"
keys u
wait_for "operation ready ·"
keys s
wait_for "Signatures: owners and steps"
keys End
wait_for "execute · nonce 1 · 3 of 3 signed"
submit_step SC-1 execute
is_state SC-1 executed

# ---- what happened, read on the screens; and by a program of its own ----
home
wait_for "Nothing waits."
keys v
wait_for "SC-1"
keys Enter
wait_for "SC-1 · executed"
keys h
wait_for "change.verified"
keys Escape
keys Q
wait_for "ended <0>"
console show SC-1 --json >"$HERE/show.json"
same "$(lines_of SC-1 change.proposed)" 1
same "$(lines_of SC-1 signature.added)" 6
expect 0 "" console log verify
echo "console_ceremony: composed, signed on three machines, scheduled, executed and read back, by keys alone"
