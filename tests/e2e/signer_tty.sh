#!/usr/bin/env bash
# A person at a terminal, line by line (--plain): reads the page, says whose screen the hidden words are read from, types
# them and a passphrase. Whatever happens, the terminal comes back as it was. Driven in tmux, on a screen of 80 by 24; the
# full screen is signer_screens.sh's.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/among.sh
. tests/support/among.sh
BUILD=$(realpath "${BUILD:-build}")
command -v tmux >/dev/null || { echo "SKIPPED: tmux is not installed: make deps"; exit 77; }
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov-signer" "$BUILD/tests/support/make_packet" >/dev/null
HERE=$(mktemp -d)
screen=setgov-tty-$$
finish() {
	tmux -L "$screen" kill-server 2>/dev/null || true
	rm -rf "$HERE"
}
trap finish EXIT
PASS="correct horse battery staple"
"$BUILD/tests/support/make_packet" "$HERE" "$PASS"
cd "$HERE"
tmux -L "$screen" -f /dev/null new-session -d -x 80 -y 24 \
	"exec env PS1='ready> ' SETGOV_SIGNER_HOME=$HERE/home PATH=$BUILD:$PATH bash --norc --noprofile"
tmux -L "$screen" set-option -g history-limit 5000

see() { tmux -L "$screen" capture-pane -p -S - | sed 's/ *$//'; }
keys() { tmux -L "$screen" send-keys "$@"; }
line() { keys -l -- "$1"; keys Enter; }
fail() { see >&2; echo "line ${BASH_LINENO[1]}: $*" >&2; exit 1; }
# The last line with anything on it is this (or begins with it)
last() { see | grep -v '^$' | tail -n 1; }
wait_for() {
	for _ in $(seq 400); do
		case $(last) in "$1"*) return 0 ;; esac
		sleep 0.05
	done
	fail "the screen does not end with \"$1\""
}
shows() { see | among -F -- "$1" || fail "the screen does not show \"$1\""; }
never() { ! see | among -F -- "$1" || fail "the screen shows \"$1\""; }
same() { [ "$1" = "$2" ] || fail "needed \"$2\", found \"$1\""; }
# The command is over: its line, and below it a prompt with nothing behind it
ended() {
	for _ in $(seq 400); do
		[ "$(last)" = "ready>" ] && [ "$(see | grep -c '^ready>')" -ge 2 ] && return 0
		sleep 0.05
	done
	fail "the command does not end"
}
clear_screen() {
	for _ in $(seq 400); do
		keys C-l
		sleep 0.05
		tmux -L "$screen" clear-history
		[ "$(see | grep -v '^$')" = "ready>" ] && return 0
	done
	fail "the screen does not clear"
}
# A command, from a clean screen
run() { clear_screen; line "$1"; }
# As it was: typed characters show, lines are lines, Ctrl-C interrupts
terminal_is_well() {
	run "stty -a"
	ended
	for flag in icanon isig echo; do
		see | among -E "(^| )$flag( |;|\$)" || fail "the terminal has lost $flag"
	done
}
lines_of() { setsid -w "$BUILD/setgov-signer" journal --json --home home | grep -c "\"kind\": \"$1\"" || true; }
phrase_of() { setsid -w "$BUILD/setgov-signer" review "$1" --json --home home | sed -n 's/.*"phrase": "\(.*\)".*/\1/p'; }
word() { echo "$1" | cut -d' ' -f"$2"; }
# Leafs through a long page; each screenful is kept
leaf() {
	: >seen
	while :; do
		for _ in $(seq 400); do
			case $(last) in "-- Enter shows more --" | "(signer / own / nobody / sheet)"* | "Its first word"* | "To sign, type word"* | "To sign it all"*) break ;; esac
			sleep 0.05
		done
		tmux -L "$screen" capture-pane -p >>seen
		[ "$(last)" = "-- Enter shows more --" ] || break
		keys Enter
		sleep 0.1
	done
}
read_so_far() { grep -qF -- "$1" seen || fail "the page never showed \"$1\""; }
# The two words that are asked for
give_words() {
	local phrase=$1 asked
	for _ in 1 2; do
		wait_for "To sign, type word"
		asked=$(last | sed 's/To sign, type word \([1-8]\) .*/\1/')
		line "$(word "$phrase" "$asked")"
		sleep 0.2
	done
}

wait_for "ready>"

# ---- a key of one's own: asked twice, never shown ----
run "setgov-signer new --copy copy.json --light"
wait_for "For which class"
line test
wait_for "Passphrase for the new key:"
line "one thing"
wait_for "The same again:"
line "another thing"
ended
shows "the two passphrases differ"
shows "*********"
never "one thing"
run "setgov-signer import owner-1.key.json --class test"
wait_for "Passphrase of the file:"
line "$PASS"
ended
shows "imported"
never "$PASS"

# ---- trust: the words come from somebody else ----
deployment=$({ setsid -w "$BUILD/setgov-signer" trust profile.json --home home 2>/dev/null || true; } | sed -n 's/^  phrase *//p')
run "setgov-signer trust profile.json"
leaf
read_so_far "0x7070707070707070707070707070707070707070"
wait_for "Its first word"
line "$(word "$deployment" 1)"
wait_for "Its last word"
line "$(word "$deployment" 1)"
ended
shows "[PHRASE]"
same "$(lines_of pin.added)" 0
run "setgov-signer trust profile.json"
leaf
wait_for "Its first word"
line "$(word "$deployment" 1)"
wait_for "Its last word"
line "$(word "$deployment" 8)  "
ended
shows "Pinned:"

# ---- sign: page, comparison, two words, passphrase ----
phrase=$(phrase_of words.json)
run "setgov-signer sign words.json --plain"
leaf
read_so_far "TEST"
read_so_far "NO POLICY"
read_so_far "may act as a sequencer"
read_so_far "The proposer's words"
read_so_far "  reason"
read_so_far "What is signed: step schedule at nonce 4"
same "$(grep '████████' seen | sort -u | grep -o '████████' | wc -l)" 2     # the end of a page is seen on the next
grep -qE '^    0x[0-9a-f]{64}$' seen || fail "a hash is cut"
same "$(grep '^  safeTxHash' seen | sort -u | wc -l)" 1
wait_for "(signer / own / nobody / sheet)"
line "perhaps"
sleep 0.2
wait_for "(signer / own / nobody / sheet)"
line "sheet"
sleep 0.2
shows "does not count"
wait_for "(signer / own / nobody / sheet)"
line "signer"
give_words "$phrase"
wait_for "Passphrase:"
line "not this"
wait_for "That does not open it. Passphrase:"
keys -l "$PASS"
keys -l "xyz"
keys BSpace BSpace BSpace
keys Enter
ended
shows "You gave 1 signature"
shows "Answer written to words.schedule.p1.answer.json"
never "$PASS"
grep -q '"compared":"signer"' words.schedule.p1.answer.json || fail "the answer does not say whom it was compared with"
terminal_is_well

# ---- words that are not the two: three times, and it is a refusal; nothing more is signed ----
rm -f ./*.answer.json
run "setgov-signer sign words.json signed.json --plain"
leaf
line "own"
for _ in 1 2 3; do
	for _ in 1 2; do
		wait_for "To sign, type word"
		line "zzz"
		sleep 0.1
	done
done
ended
shows "[PHRASE]"
see | tr -d '\n' | among -F "Sign nothing more today. Call p2 or p3" || fail "nobody is named"
never "Passphrase"
same "$(lines_of packet.signed) $(lines_of packet.refused)" "1 2"
grep -q '"code":"PHRASE"' words.schedule.p1.answer.json || fail "the refusal does not travel back"
grep -q '"code":"SESSION"' signed.schedule.p1.answer.json || fail "the session goes on after wrong words"
rm -f ./*.answer.json

# ---- other words, when two signers have hidden the same ----
run "setgov-signer sign words.json --plain --compared own"
leaf
first=$(last)
line ""
sleep 0.2
wait_for "To sign, type word"
[ "$(last)" != "$first" ] || fail "the same word is asked for again"
give_words "$phrase"
wait_for "Passphrase:"
keys C-c
ended

# ---- nobody: the change's id, and nothing else ----
run "setgov-signer sign words.json --plain"
leaf
line "nobody"
wait_for "To sign it all the same"
for _ in 1 2 3 4; do
	line "SC-8"
	sleep 0.1
	wait_for "To sign it all the same"
done
shows "That is not the id"
line "SC-7"
wait_for "Passphrase:"
keys C-c
ended
run "setgov-signer sign words.json --plain --compared nobody"
leaf
line ""
ended
shows "[STOPPED]"
same "$(lines_of packet.signed) $(lines_of packet.refused)" "1 2"

# ---- Ctrl-C at the passphrase, at a question; a signal from outside ----
interrupted() {
	run "setgov-signer sign words.json --plain --compared own"
	sleep 0.2
	while [ "$(last)" = "-- Enter shows more --" ]; do keys Enter; sleep 0.1; done
	give_words "$phrase"
	wait_for "Passphrase:"
	keys -l "half a pass"
}
interrupted
keys C-c
ended
shows "[STOPPED]"
never "half a pass"
terminal_is_well
interrupted
shell=$(tmux -L "$screen" list-panes -F '#{pane_pid}')
kill -TERM "$(tr -d ' ' <"/proc/$shell/task/$shell/children")"
ended
never "half a pass"
terminal_is_well
run "setgov-signer sign words.json --plain"
sleep 0.3
keys C-c
ended
terminal_is_well
same "$(lines_of packet.signed)" 1
ls ./*.answer.json >/dev/null 2>&1 && fail "an answer was written"

# ---- what a payer's passphrase is asked for ----
run "setgov-signer sign-tx signed.json --step schedule --nonce 1 --gas 900000 --max-fee 2000000000 --max-priority 1 --key-file payer.key.json >tx.json"
wait_for "Passphrase of the payer's key:"
shows "costs at most 0.0018 ether"
line "$PASS"
ended
grep -q '"raw"' tx.json || fail "no transaction"

# ---- a refusal says whom to call ----
run "setgov-signer sign calls.json --plain"
ended
see | tr -d '\n' | among -F "Call p2 or p3" || fail "nobody is named"

# ---- a policy's adoption: the page in short and whole, two words heard, and a plain yes once enough have signed ----
rm -f ./*.answer.json
in_home() { "$BUILD/setgov-signer" "${@:2}" --home "$1" 3<passphrase </dev/null >/dev/null; }
printf '%s\n' "$PASS" >passphrase
id=$(sed -n 's/.*"deployment":"\([0-9a-f]\{64\}\)".*/\1/p' words.json | head -n 1)
for n in 1 2 5; do
	in_home "adopter-$n" trust profile.json --expect "$id"
	in_home "adopter-$n" import "owner-$n.key.json" --class test --passphrase-fd 3
done
# offer NAME MIN [SIGNATURES [PREVIOUS]]: an adoption as the console writes it
offer() {
	node -e 'const fs=require("fs"),[deployment,name,min,signatures,previous]=process.argv.slice(1);
		const d=JSON.parse(fs.readFileSync("profile.json")).identity;
		const policy={format:"setgov-policy/1",name,rules:[{for:{},kind:"allow",name:"all",why:"it is a test"},{delay:"1h",kind:"delay",name:"wait",why:"w"},
			{kind:"signers",min:+min,name:"some",why:"w"}].concat(previous?[]:[{kind:"call-only",name:"calls",why:"w"}]),semantics:1};
		const x={deployment,expires:0,format:"setgov-adoption/1",
			origin:`setgov/${d.chainId}/${d.safe.slice(2).toLowerCase()}/tty`,policy,
			previous:previous?JSON.parse(fs.readFileSync(previous)).policy:null,
			signatures:(signatures||"").split(" ").filter(Boolean).map((f)=>JSON.parse(fs.readFileSync(f))).map((m)=>({owner:m.by,signature:m.signature}))};
		const c=(v)=>Array.isArray(v)?`[${v.map(c)}]`:v&&typeof v==="object"?`{${Object.keys(v).sort().map((k)=>JSON.stringify(k)+":"+c(v[k]))}}`:JSON.stringify(v);
		fs.writeFileSync(`${name}.adoption.json`,c(x)+"\n")' "$id" "$@"
}
adoption() { setsid -w "$BUILD/setgov-signer" review "$1" --json --home adopter-1; }
lines_here() { setsid -w "$BUILD/setgov-signer" journal --json --home adopter-1 | grep -c "\"kind\": \"$1\"" || true; }
# Until a question that is not "more": the page, kept in `seen`
leaf_to() {
	: >seen
	for _ in $(seq 400); do
		case $(last) in
		"-- Enter shows more --") tmux -L "$screen" capture-pane -p >>seen; keys Enter; sleep 0.1 ;;
		"$1"*) tmux -L "$screen" capture-pane -p >>seen; return 0 ;;
		*) sleep 0.05 ;;
		esac
	done
	fail "the screen does not end with \"$1\""
}
offer first 2
phrase=$(adoption first.adoption.json | sed -n 's/.*"phrase": "\(.*\)".*/\1/p')
run "setgov-signer review first.adoption.json --home adopter-1"
leaf_to "ready>"
read_so_far "No policy is pinned here"
run "setgov-signer adopt-policy first.adoption.json --home adopter-1"
leaf_to "Its first word"
read_so_far "A policy's adoption. It moves nothing on chain"
line "$(word "$phrase" 1)"
wait_for "Its last word"
line "$(word "$phrase" 1)"
ended
shows "[PHRASE]"
never "Passphrase"
same "$(lines_here adoption.signed)" 0
ls ./*.message.json >/dev/null 2>&1 && fail "wrong words, and a signature"
run "setgov-signer adopt-policy first.adoption.json --home adopter-1"
leaf_to "Its first word"
line "$(word "$phrase" 1)"
wait_for "Its last word"
line "$(word "$phrase" 8)"
wait_for "Passphrase"
line "$PASS"
ended
same "$(lines_here adoption.signed)" 1
mine=$(ls ./*.message.json)
digest=$(adoption first.adoption.json | sed -n 's/.*"policy": "\(.*\)".*/\1/p')
for n in 2 5; do in_home "adopter-$n" adopt-policy first.adoption.json --expect "$digest" --passphrase-fd 3 -o "theirs-$n.json"; done
offer first 2 "$mine theirs-2.json theirs-5.json"
run "setgov-signer trust-policy first.adoption.json --home adopter-1"
leaf_to "Type yes to pin it:"
read_so_far "The owners p1, p2 and p5 have signed it: their signatures are right."
line "y"
ended
shows "[STOPPED]"
same "$(lines_here policy.pinned)" 0
run "setgov-signer trust-policy first.adoption.json --home adopter-1"
leaf_to "Type yes to pin it:"
line "yes"
ended
same "$(lines_here policy.pinned)" 1
# What loosens stands before all of it, on the first screenful.
offer second 1 "" first.adoption.json
run "setgov-signer adopt-policy second.adoption.json --home adopter-1"
leaf_to "Its first word"
head -n 24 seen | among -F "LOOSENS: calls (goes), some (changes)" || fail "the first screenful does not say what loosens"
keys C-c
ended
same "$(lines_here adoption.signed)" 1
terminal_is_well
echo "signer_tty: a person signs, declines to, and interrupts"
