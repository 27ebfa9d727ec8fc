#!/usr/bin/env bash
# The signer's full screen, driven in tmux: two packets chosen from a directory and signed with one unlocking, a decline,
# refusals, wrong words, nobody, the date; and whatever happens to the program, the terminal comes back as it was.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
command -v tmux >/dev/null || { echo "SKIPPED: tmux is not installed: make deps"; exit 77; }
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov-signer" "$BUILD/tests/support/make_packet" >/dev/null
HERE=$(mktemp -d)
. tests/support/screen.sh
finish() {
	screen_end
	rm -rf "$HERE"
}
trap finish EXIT
PASS="correct horse battery staple"
"$BUILD/tests/support/make_packet" "$HERE" "$PASS"
cd "$HERE"
mkdir stick empty
cp schedule.json stick/a.json
cp evidence.json stick/b.json
touch -d "2026-01-02" stick/a.json
touch -d "2026-01-01" stick/b.json
alone() { setsid -w "$BUILD/setgov-signer" "$@"; }
alone import owner-1.key.json --class test --home home --passphrase-fd 3 3<<<"$PASS" >/dev/null
id=$({ alone trust profile.json --home home 2>/dev/null || true; } | awk '$1 == "id" { print $2 }')
alone trust profile.json --home home --expect "$id" >/dev/null
screen_start 80x24 \
	"exec env PS1='ready> ' SETGOV_SIGNER_HOME=$HERE/home PATH=$BUILD:$PATH bash --norc --noprofile"

same() { [ "$1" = "$2" ] || screen_fail "needed \"$2\", found \"$1\""; }
prompt() {
	for _ in $(seq 400); do
		[ "$(see | grep -v '^$' | tail -n 1)" = "ready>" ] && return 0
		sleep 0.02
	done
	screen_fail "the program does not end"
}
run() {
	prompt
	keys C-l
	sleep 0.05
	text "$1"
	keys Enter
}
# As it was before: lines, echo, signals, the normal screen
terminal_is_well() {
	run "stty -a"
	wait_for "isig"
	for flag in icanon isig echo; do
		see | among -E "(^| )$flag( |;|\$)" || screen_fail "the terminal has lost $flag"
	done
	same "$(tmux -L "$SCREEN" display-message -p '#{alternate_on}')" 0
}
status_is() {
	run 'echo "status <$?>"'
	wait_for "status <$1>"
}
lines_of() { alone journal --json --home home | grep -c "\"kind\": \"$1\"" || true; }
phrase_of() { alone review "$1" --json --home home | sed -n 's/.*"phrase": "\(.*\)".*/\1/p'; }
word() { echo "$1" | cut -d' ' -f"$2"; }
pid_of() { tr -d ' ' <"/proc/$1/task/$1/children"; }
shell=$(tmux -L "$SCREEN" list-panes -F '#{pane_pid}')
# To the end of the page that decides, and on
read_page() {
	wait_for "$1"
	keys End
	wait_for "Phrase of this packet"
	keys Enter
}
# The hidden words of this phrase, as another machine would show them
give_words() {
	local at
	wait_for "are hidden from you"
	at=$(see | sed -n 's/.*words \([1-8]\) and \([1-8]\) are hidden.*/\1 \2/p')
	# shellcheck disable=SC2086
	set -- "$1" $at
	never " $(word "$1" "$2") "
	text "$(word "$1" "$2")"
	keys Enter
	text "$(word "$1" "$3")"
	keys Enter
}

# ---- two packets from a stick: two pages, one unlocking ----
run "cd stick; setgov-signer; cd .."
wait_for "Which packets?"
wait_for "a.json"
wait_for "bytes, 2026-01-02"
never "Other files"
keys Space Down Space Enter
wait_for "packet 1 of 2"
wait_for "TEST"
keys Enter
wait_for "Signing is possible after the end"
keys d
keys End
wait_for "safeTxHash"
keys d
read_page "Read this page"
wait_for "Whose screen are the hidden words"
keys Down Down Down Enter
wait_for "That does not count"
keys Up Up Up Enter
give_words "$(phrase_of schedule.json)"
wait_for "Passphrase:"
text "not this"
wait_for "********"
keys Enter
wait_for "That does not open the key"
text "$PASS"
keys Up
text "xyz"
keys BSpace BSpace BSpace Enter
wait_for "You gave 1 signature."
never "$PASS"
wait_for "Answer written to a.schedule.p1.answer.json"
keys Enter
wait_for "packet 2 of 2"
read_page "Read this page"
keys Down Enter
wait_for "your second machine"
keys C-o
wait_for "Two other words are hidden now"
give_words "$(phrase_of evidence.json)"
wait_for "You gave 2 signatures."
never "Passphrase:"
keys Enter
prompt
wait_for "You gave 2 signatures."
status_is 0
grep -q '"compared":"signer"' stick/a.schedule.p1.answer.json || screen_fail "the answer does not say whom it was compared with"
grep -q '"compared":"own"' stick/b.schedule.p1.answer.json || screen_fail "the answer does not say whom it was compared with"
same "$(lines_of packet.signed)" 2
grep -q '"operation":"0x' home/journal.jsonl || screen_fail "the journal has no operation to compare with"
terminal_is_well

# ---- an execute, against the schedule that was signed; nobody looked; a second machine shows all words ----
run "setgov-signer sign same-nonce.json"
wait_for "Read this page"
keys End
wait_for "identical with the schedule that was signed here"
keys Home
keys PageDown
keys End
keys Enter
keys Down Down Enter
wait_for "type the id of the change"
text "SC-1"
keys Enter
wait_for "That is not the id"
text "SC-7"
keys Enter
wait_for "Passphrase:"
keys Escape
wait_for "Read this page"
keys q
prompt
wait_for "[STOPPED]"
status_is 1
run "setgov-signer review schedule.json"
wait_for "What this packet will do"
keys End
for i in 1 2 3 4 5 6 7 8; do wait_for "$i $(word "$(phrase_of schedule.json)" "$i")"; done
keys q
prompt
status_is 0

# ---- no, with a reason ----
run "setgov-signer sign schedule.json"
wait_for "Read this page"
keys n
wait_for "Reason:"
text "the new address is not ours"
keys Enter
wait_for "You declined"
keys Enter
prompt
same "$(lines_of packet.declined)" 1
grep -q "the new address is not ours" schedule.schedule.p1.answer.json || screen_fail "the reason did not come along"
rm schedule.schedule.p1.answer.json

# ---- refused: what was found, whom to tell, what not to do; and nothing more is signed ----
run "setgov-signer sign calls.json schedule.json"
wait_for "Code: CALLS"
wait_for "Tell p2 or p3"
wait_for "Sign nothing more today"
keys Enter
wait_for "Code: SESSION"
keys Enter
prompt
wait_for "[CALLS]"
status_is 1
same "$(lines_of packet.signed)" 2

# ---- a no of one's own beside the refusal: both travel back ----
rm -f ./*.answer.json
run "setgov-signer sign calls.json"
wait_for "Code: CALLS"
keys n
wait_for "Reason:"
text "not like this"
keys Enter
wait_for "You declined"
keys Enter
prompt
grep -q '"code":"CALLS"' calls.schedule.p1.answer.json || screen_fail "the refusal is gone"
grep -q "not like this" calls.schedule.p1.2.answer.json || screen_fail "the no is not there"
run "setgov-signer sign calls.json -o own.answer.json"
wait_for "Code: CALLS"
keys n
wait_for "Reason:"
text "not like this"
keys Enter
wait_for "own.2.answer.json"
keys Enter
prompt
grep -q '"code":"CALLS"' own.answer.json || screen_fail "the refusal is gone"
cp schedule.json SC-7.schedule.json
run "setgov-signer decline SC-7.schedule.json --reason no"
prompt
[ -f SC-7.schedule.p1.answer.json ] || screen_fail "the step is named twice"
rm -f ./*.answer.json

# ---- words that are not the two: a refusal like any other, and nothing more is signed ----
run "setgov-signer sign schedule.json direct.json --compared signer"
read_page "Read this page"
for _ in 1 2 3; do
	wait_for "word"
	text "zzz"
	keys Enter
	text "zzz"
	keys Enter
	sleep 0.1
done
wait_for "Code: PHRASE"
wait_for "Tell p2 or p3"
wait_for "Sign nothing more today"
wait_for "schedule.schedule.p1.answer.json"
grep -q '"code":"PHRASE"' schedule.schedule.p1.answer.json || screen_fail "the refusal does not travel back"
grep -q '"code":"PHRASE"' home/journal.jsonl || screen_fail "wrong words leave no trace in the journal"
keys Enter
wait_for "Code: SESSION"
keys Enter
prompt
wait_for "[PHRASE]"
same "$(lines_of packet.signed)" 2

# ---- a clock that is behind: the day is asked for, and written down ----
run "setgov-signer sign future.json --compared signer"
read_page "Read this page"
wait_for "What day is it?"
text "2026-11-27"
keys Enter
wait_for "ask somebody what day it is"
for _ in $(seq 10); do keys BSpace; done
text "2100-01-02"
keys Enter
give_words "$(phrase_of future.json)"
wait_for "Passphrase:"
text "$PASS"
keys Enter
wait_for "You gave 1 signature."
keys Enter
prompt
grep -q '"today":"2100-01-02"' home/journal.jsonl || screen_fail "the day is not in the journal"

# ---- whatever happens, the terminal comes back ----
at_passphrase() {
	run "setgov-signer sign schedule.json --compared signer"
	read_page "Read this page"
	give_words "$(phrase_of schedule.json)"
	wait_for "Passphrase:"
	text "half a pass"
	wait_for "***********"
}
run "setgov-signer sign schedule.json"
wait_for "Read this page"
keys C-c
prompt
terminal_is_well
at_passphrase
keys C-c
prompt
never "half a pass"
terminal_is_well
at_passphrase
kill -TERM "$(pid_of "$shell")"
prompt
never "half a pass"
terminal_is_well
at_passphrase
keys C-z
wait_for "Stopped"
terminal_is_well
run "fg"
wait_for "Read this page"
keys C-c
prompt
run "setgov-signer sign schedule.json"
wait_for "Read this page"
keys C-z
wait_for "Stopped"
run "fg"
wait_for "Read this page"
tmux -L "$SCREEN" resize-window -x 132 -y 50
wait_for "Phrase of this packet"
tmux -L "$SCREEN" resize-window -x 60 -y 20
wait_for "needs 80x24"
tmux -L "$SCREEN" resize-window -x 80 -y 24
wait_for "more below"
kill -HUP "$(pid_of "$shell")"
prompt
terminal_is_well
same "$(lines_of packet.signed)" 3

# ---- a terminal without UTF-8, and one that cannot move a cursor ----
run "LC_ALL=C setgov-signer review schedule.json"
wait_for "CHAIN 84532999 - TEST - sample"
keys q
prompt
run "TERM=dumb setgov-signer sign schedule.json"
wait_for "-- Enter shows more --"
keys C-c
prompt
# Curses reads the descriptions of terminals that came with the system, and no others: not in the sandbox yet, it parses
infocmp -x tmux-256color | sed 's/^tmux-256color/planted/' >planted.ti
TERMINFO=$HERE/home/.terminfo tic -x planted.ti 2>/dev/null
for where in "TERMINFO=$HERE/home/.terminfo" "TERMINFO_DIRS=$HERE/home/.terminfo" "HOME=$HERE/home"; do
	run "$where TERM=planted tput cols >/dev/null && echo 'known <here>'"
	wait_for "known <here>"
	run "$where TERM=planted setgov-signer sign schedule.json"
	wait_for "-- Enter shows more --"
	keys C-c
	prompt
done
run "cd empty; setgov-signer load; cd .."
wait_for "No packet was found"
cp schedule.json empty/new.json
cp profile.json empty/
keys r
wait_for "new.json"
wait_for "Other files: they do not begin as a packet does"
wait_for "profile.json"
keys q
prompt
run "cd stick; TERM=dumb setgov-signer load; cd .."
wait_for "  2  b.json"
wait_for "Which packets?"
text "7"
keys Enter
prompt
wait_for "no such packets"
run "cd stick; LC_ALL=C TERM=dumb setgov-signer load --compared nobody; cd .."
wait_for "Which packets?"
text "1"
keys Enter
for _ in $(seq 20); do
	sleep 0.1
	see | among -F "To sign it all the same" && break
	keys Enter
done
wait_for "########"
text "SC-7"
keys Enter
wait_for "Passphrase:"
text "$PASS"
keys Enter
prompt
wait_for "You gave 1 signature."
grep -q '"compared":"nobody"' stick/a.schedule.p1.2.answer.json || screen_fail "the answer does not say that nobody compared"
terminal_is_well
echo "signer_screens: a person chooses, reads, compares, signs, declines, is refused, and interrupts"
