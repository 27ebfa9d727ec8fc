#!/usr/bin/env bash
# What happens to the console, and what people do to it: it is killed, hung up on, stopped and continued, crashes, shares
# its workspace with another one, is given directories that cannot be written, files that are rubbish, and fields full of
# nonsense. The terminal comes back as it was, and nothing typed is lost.
set -euo pipefail
command -v tmux >/dev/null || { echo "SKIPPED: tmux is not installed: make deps"; exit 77; }
. "$(dirname "$0")/../support/e2e.sh"
. tests/support/screen.sh
. tests/support/people.sh
trap 'screen_end; finish' EXIT
ready

# ---- a shell, and in it the console: as anybody starts it ----
at desk
screen_start 80x24 "cd '$HERE/console' && exec env PS1='ready> ' PATH='$BUILD':\$PATH bash --norc --noprofile"
ends_with "ready>"
begin() {
	run_line "clear; setgov"
	wait_for "Queue: what waits"
	wait_for "1 node answers"
}
begin
children_of() { cat "/proc/$1/task/$1/children" 2>/dev/null || true; }
ended() {
	for _ in $(seq 500); do
		[ -e "/proc/$1" ] || return 0
		sleep 0.02
	done
	fail "process $1 outlives the console"
}
# Half a form: one argument whole, of the other a part
type_half() {
	keys n
	wait_for "$1"
	text "rotate seq"
	wait_for "sequencer.rotate"
	gone "paymaster"
	keys Enter
	wait_for "the key to retire"
	fill "$OLD"
	text "0x22222222222222222"
	wait_for "0x22222222222222222"
}
go_on() {
	keys n
	wait_for "Half typed, and not saved"
	wait_for "sequencer.rotate"
	keys Enter
	wait_for "Compose: the actions"
	keys e
	wait_for "$OLD"
	wait_for "0x22222222222222222"
}
type_half "What shall be done?"
kill -KILL "$(front_pid)"
wait_for "Killed"
fill "tput rmcup; clear"
begin
go_on

# ---- hung up on, ended, crashed: the terminal is the shell's again, and nothing is lost ----
for signal in TERM HUP SEGV; do
	kill -$signal "$(front_pid)"
	gone "Compose"
	terminal_is_well
	begin
	go_on
done

# ---- and while a command runs: the node hangs, so it does not end by itself ----
node=$(cat "$HERE/node/anvil.pid")
hang() {
	kill -STOP "$node"
	keys Escape
	wait_for "Compose: the actions"
	keys q
	wait_for "Queue: what waits"
	keys :
	fill "status"
	wait_for "Ctrl-C stops it"
}
for signal in TERM SEGV; do
	hang
	runs=$(children_of "$(front_pid)")
	[ -n "$runs" ] || screen_fail "no command runs"
	kill -$signal "$(front_pid)"
	gone "Ctrl-C stops it"
	terminal_is_well
	for pid in $runs; do ended "$pid"; done
	kill -CONT "$node"
	begin
	go_on
done
hang
keys C-c
wait_for "Stopped."
kill -CONT "$node"
keys n
wait_for "Compose: the actions"

# ---- stopped and continued ----
keys e
wait_for "0x22222222222222222"
keys C-z
wait_for "Stopped"
terminal_is_well
run_line "fg"
wait_for "0x22222222222222222"
keys Tab
text "22222222222222222222222"
wait_for "Rotate the sequencer key:"

# ---- two consoles ----
at second
screen_start 80x24 "cd '$HERE/console' && '$setgov' --as p2; sleep 1000"
wait_for "Queue: what waits"
wait_for "1 node answers"
wait_for "composes a change"
at desk
wait_for "p2 reads"
keys Enter
wait_for "1 action, done in this order"
keys w
wait_for "what changes, in one line"
fill "Rotate"
fill "Quarterly"
keys Escape
wait_for "1 action, done in this order"
keys r
wait_for "Ready: s saves it"
keys s
wait_for "SC-1 is drafted."
at second
wait_for "SC-1 draft"
keys n
wait_for "What shall be done?"
text "rotate seq"
gone "paymaster"
at desk
wait_for "p2 composes a change"
keys p
wait_for "Propose SC-1"
keys y
wait_for "Write the packet of SC-1"
keys Escape
gone "Write the packet of SC-1"
at second
keys Escape
wait_for "Queue: what waits"
wait_for "SC-1 schedule · no packet yet"
keys Q
gone "Queue"
at desk
gone "p2 composes"

# ---- places that cannot be written ----
bad_place() {
	keys e
	wait_for "Write the packet of SC-1"
	STICK=$1 to_stick SC-1.json
	wait_for "$2"
	wait_for "$1"
	gone "Write the packet of SC-1"
	wait_for "Signatures: owners and steps"
}
bad_place "$HERE/nowhere" "No such file or directory"
bad_place /proc "/proc/SC-1.json: cannot create"
export_packet SC-1 schedule

# ---- rubbish among the answers: each file is named with its reason, and none of it gets at the terminal ----
rubbish=$STICK/rubbish
mkdir -p "$rubbish/folder.answer.json"
: >"$rubbish/empty.answer.json"
echo '{"format":"setgov-answer/1"' >"$rubbish/cut.answer.json"
echo '["not","an","answer"]' >"$rubbish/list.answer.json"
head -c 4096 /dev/urandom >"$rubbish/noise.answer.json"
head -c 20000000 /dev/zero >"$rubbish/huge.answer.json"
ln -s loop.answer.json "$rubbish/loop.answer.json"
printf 'x' >"$rubbish/$(printf 'esc\033[2J.answer.json')"
echo 'these are no signatures' >"$rubbish/words.sig"
keys i
wait_for "Take in what came back from signers"
STICK=$rubbish to_stick ""
wait_for "What came back"
wait_for "0 added, 0 known already, 0 refused or declined by signers, 9 not accepted"
wait_for "cut.answer.json"
wait_for "byte 28: needed"
wait_for "a signature is 65 bytes, found 0"
wait_for 'esc\u{001B}[2J.answer.json'
wait_for "folder.answer.json: not a"
wait_for "larger than"
keys End
wait_for "link is not followed: name the file itself"
wait_for "noise.answer.json"
wait_for "words.sig"
same "$(lines_of SC-1 signature.added)" 0
keys Escape
wait_for "0 of 3 signed"

# ---- fields: what is wrong is said at the field, and nothing is saved ----
paste() {
	tmux -L "$SCREEN" set-buffer -- "$1"
	tmux -L "$SCREEN" paste-buffer -p -t "=$AT:"
}
# bad TEXT WORDS: typed into the field, it is said; the field is emptied
bad() {
	paste "$1"
	wait_for "$2"
	keys C-u
	gone "$2"
}
keys n
wait_for "What shall be done?"
paste "$(printf 'no \033[2J such')"
wait_for "no action of the catalogue has all these words"
keys C-u
wait_for "sequencer.rotate"
text "rotate seq"
gone "paymaster"
keys Enter
wait_for "the key to retire"
bad 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD "checksum"
bad -1 "needed 0x and 40 digits"
bad 0x12 "an address has 40 digits after 0x, found 2"
bad "漢字漢字" "needed 0x and 40 digits"
bad 0x0000000000000000000000000000000000000000 "! the zero address"
paste "$(printf '%05000d' 7)"
wait_for "00000000000000000000000000000000000000000000"
keys C-u
wait_for "the key to retire               (required)"
paste "$(printf '0x\033[2J\a\t11')"
wait_for "the key to retire             0x"
wait_for "the key that takes its place  11"
wait_for "log "
keys C-u
keys BTab
keys C-u
wait_for "the key that takes its place    (required)"
keys Escape
wait_for "What shall be done?"
text "create-tier"
wait_for "paymaster.create-tier"
gone "sequencer.rotate"
keys Enter
wait_for "what the tier is called"
fill "漢字"
bad 5 "needed a unit: 0.05 ether, 20 gwei or 5 wei"
bad "-3 ether" "needed an amount such as"
bad "1e99 ether" "needed ether, gwei or wei"
fill "1 ether"
fill "2 ether"
bad "999999999999999999999999999999 ether" "! needed at most"
fill "3 ether"
wait_for "1 action, done in this order"
keys w
wait_for "what changes, in one line"
paste "$(printf 'T\033[31mitle 漢')"
wait_for "Title 漢"
keys Enter
wait_for "why it is done"
fill "because"
keys Enter Enter Enter Enter
wait_for "how long the operation waits"
bad "-5h" "needed a time like 48h"
bad "yesterday" "needed a time like 48h"
keys Enter
wait_for "the change that has to be done first"
text "SC-99"
keys Enter
wait_for "needed a change of this log, like SC-6"
wait_for "Not yet: after"
keys C-u Enter
wait_for "Ready: s saves it"
same "$(console changes --json | grep -c '"change": "SC-')" 1
keys s
wait_for "SC-2 is drafted."
wait_for "│ Title 漢"

# ---- questions: the same ----
keys q
wait_for "SC-1 schedule"
keys Home s
wait_for "Signatures: owners and steps · SC-1"
keys R
wait_for "nonce to spend"
keys C-u
bad "-1" "a nonce is a whole number"
bad 1.5 "a nonce is a whole number"
bad 漢 "a nonce is a whole number"
bad 99999999999999999999999999 "a nonce is a whole number"
keys Escape
gone "nonce to spend"
keys Q
ends_with "ready>"
terminal_is_well
same "$(console changes --json | grep -c '"change": "SC-')" 2
same "$(lines_of SC-1 change.proposed) $(lines_of SC-1 step.packed)" "1 1"
expect 0 "漢字" console show SC-2
expect 0 "" console log verify
echo "console_kill: killed, ended, stopped and shared, and given rubbish: nothing typed is lost, nothing wrong is saved"
