#!/usr/bin/env bash
# A change that people at their screens do not want: one signs, one says no with a reason, one machine refuses because the
# packet was changed on its way; it is withdrawn, what is loose is named, and a rejection spends the nonce.
set -euo pipefail
command -v tmux >/dev/null || { echo "SKIPPED: tmux is not installed: make deps"; exit 77; }
. "$(dirname "$0")/../support/e2e.sh"
. tests/support/screen.sh
. tests/support/people.sh
trap 'screen_end; finish' EXIT
ready
desk
wait_for "Nothing waits."
wait_for "1 node answers"
compose_rotation "$OLD" "$NEW" "Rotate the sequencer key" "The old one may have leaked"
keys s
wait_for "SC-1 is drafted."
is_state SC-1 drafted
keys s
wait_for "A draft has nothing to sign."
keys Escape
wait_for "One change · SC-1"
keys p
wait_for "Propose SC-1"
keys n
gone "Propose SC-1"
is_state SC-1 drafted
keys p
wait_for "This freezes it"
keys y
wait_for "Write the packet of SC-1"
wait_for "SC-1 is proposed and frozen."
is_state SC-1 proposed
keys Escape
gone "Write the packet of SC-1"
export_packet SC-1 schedule

# ---- one yes, one no ----
signer_opens 1 2
signer_reads 1 2
signer_compares 1 2
signer_signs 1
at signer-2
keys Escape
wait_for "Read this page. It decides."
keys n
wait_for "Reason:"
fill "that is not the key the operators named"
wait_for "You declined"
keys Enter
wait_for "ended <"

# ---- and a machine that is given a changed copy first: it refuses that, and signs nothing more ----
copy=$STICK/SC-1.schedule-again.json
sed 's/may have leaked/has surely leaked/' "$STICK/SC-1.schedule.json" >"$copy"
touch -d "+1 minute" "$copy"
at signer-3
screen_start 80x24 "$(signer_starts 3)"
wait_for "SC-1.schedule-again.json"
keys Space Down Space Enter
wait_for "Refused: nothing was signed"
wait_for "Code: PATH"
wait_for "Tell p1 or p2 or p4 or p5"
keys Enter
wait_for "Code: SESSION"
keys Enter
wait_for "ended <1>"
import_answers
wait_for "1 added, 0 known already, 2 refused or declined by signers, 1 not accepted"
wait_for "DECLINED: p2 does not sign schedule of SC-1: that is not the key"
wait_for "REFUSED [SESSION] by the machine of p3"
wait_for "NOT ACCEPTED [PACKET]: the signer's machine refused it with PATH"
keys Escape
wait_for "schedule · nonce 0 · 1 of 3 signed"
wait_for "DECLINED"
wait_for "REFUSED SESSION"
wait_for "that is not the key the operators named"
keys u
wait_for "not signed by p2, p3, p4, p5"
home
wait_for "1 refused, 1 declined"

# ---- taken back; what p1 signed is loose until its nonce is spent ----
keys Enter
wait_for "One change · SC-1"
keys w
wait_for "Withdraw SC-1"
wait_for "Step schedule has 1 signature"
keys Enter
never "is withdrawn"
wait_for "this is needed"
fill "p2 is right: it was the wrong key"
wait_for "its signatures are LOOSE"
wait_for "signed by p1 for nonce 0"
is_state SC-1 withdrawn
keys Enter
wait_for "! LOOSE: step schedule"
keys Enter Enter
wait_for "SC-2 is drafted."
wait_for "Propose SC-2"
keys y
wait_for "Write the packet of SC-2"
rm "$STICK"/*
to_stick SC-2.execute.json
wait_for "The packet is written"
keys Escape
wait_for "execute · nonce 0 · 0 of 3 signed"
home
wait_for "LOOSE"
wait_for "NONCE HELD TWICE"
signers_sign 3 4 5
home
wait_for "SC-2 execute"
keys Down s
wait_for "Signatures: owners and steps · SC-2"
import_answers
wait_for "3 added"
keys Escape
wait_for "execute · nonce 0 · 3 of 3 signed"
submit_step SC-2 execute
is_state SC-2 executed

# ---- what happened: nothing of the first one, and everybody's no is in the log for good ----
home
wait_for "Nothing waits."
keys Q
wait_for "ended <0>"
is_state SC-1 withdrawn
same "$(lines_of SC-1 answer.declined) $(lines_of SC-1 answer.refused) $(lines_of SC-1 signature.added)" "1 1 1"
same "$(lines_of SC-1 step.mined) $(lines_of SC-2 step.mined)" "0 1"
expect 0 "that is not the key the operators named" console show SC-1
expect 0 "" console log verify
echo "console_no: declined, refused and withdrawn at the screens, and the loose signature made worthless"
