#!/usr/bin/env bash
# The README's pictures, from real screens: after `make demo`, the console and a signer are driven by keys in tmux, and what
# they show at a few moments becomes docs/pictures/*.svg. The demo's workspace goes on from where it was: SC-2 is another
# rotation, SC-3 a draft. Addresses, hashes and phrases differ from run to run; the moments do not.
set -euo pipefail
cd "$(dirname "$0")/.."
TOP=$PWD
BUILD=$(realpath "${BUILD:-build}")
HERE=$BUILD/demo
PICTURES=$TOP/docs/pictures
export BUILD HERE
# shellcheck source=tests/support/ceremony.sh
. tests/support/ceremony.sh
COLUMNS_WIDE=100
ROWS_HIGH=32
screen=setgov-pictures-$$
trap 'tmux -L "$screen" kill-server 2>/dev/null || true' EXIT

# open NAME PROGRAM…: a terminal of that name, in the demo's directory
open() {
	local name=$1
	shift
	tmux -L "$screen" -f /dev/null new-session -d -s "$name" -x "$COLUMNS_WIDE" -y "$ROWS_HIGH" -c "$HERE" \
		"exec env -u NO_COLOR TERM=tmux-256color LC_ALL=C.UTF-8 $*"
	window=$name
}
see() { tmux -L "$screen" capture-pane -t "$window" -p "$@"; }
# Keys are given one by one, as a person does
keys() {
	local key
	for key in "$@"; do
		tmux -L "$screen" send-keys -t "$window" "$key"
		sleep 0.1
	done
}
text() { tmux -L "$screen" send-keys -t "$window" -l -- "$1"; sleep 0.1; }
fail() { see >&2; echo "line ${BASH_LINENO[1]}: $*" >&2; exit 1; }
wait_for() {
	for _ in $(seq 500); do
		see | grep -qF -- "$1" && return 0
		sleep 0.02
	done
	fail "the screen does not show \"$1\""
}
# on KEY TEXT: that key until the screen shows the text
on() {
	for _ in $(seq 20); do
		keys "$1"
		sleep 0.2
		! see | grep -qF -- "$2" || return 0
	done
	fail "however often $1 is pressed, the screen does not show \"$2\""
}
# shot NAME TITLE: the screen as it is, when it has stood still for a moment
shot() {
	local before="" now
	for _ in $(seq 100); do
		now=$(see -e -N)
		[ "$now" != "$before" ] || break
		before=$now
		sleep 0.3
	done
	node tests/support/screen_svg.mjs "$2" "$COLUMNS_WIDE" <<<"$now" >"$PICTURES/$1.svg"
	echo "docs/pictures/$1.svg"
}
# fill TEXT…: the fields of a form, from the first
fill() {
	local value
	for value in "$@"; do
		text "$value"
		keys Enter
	done
}
# The eight words of a packet, as another signer's machine shows them
phrase_of() { signer_run 5 review "$1" --json | field phrase; }

[ -e "$HERE/console/log.db" ] || { echo "make demo first: the pictures are of its workspace" >&2; exit 2; }
mkdir -p "$PICTURES"

# ---- composing: a form with units, and what it will do ----
open console "$setgov -C console"
wait_for "node answers"
keys n
wait_for "Search:"
text "update-tier"
keys Enter
wait_for "Verdict"
fill 0 "0.0005 ether" "0.005 ether"
text "0.05 ether"
wait_for "What this will do"
sleep 1
shot compose "setgov: composing a change"
on Enter "goes on to the words"
keys w
wait_for "title"
fill "Halve the limits of tier 0" "fraud in week 12"
on Enter "saves it as a draft"
keys s
wait_for "SC-2"

# ---- a rotation is composed, proposed, packed ----
keys n
wait_for "Search:"
text "rotate"
keys Enter
wait_for "the key to retire"
fill 0x2222222222222222222222222222222222222222 0x3333333333333333333333333333333333333333
wait_for "goes on to the words"
keys w
wait_for "title"
fill "Rotate the sequencer key" "Quarterly rotation" "https://example.org/OPS-57" standard "" "rotate back"
on Enter "saves and proposes"
keys p
wait_for "SC-3 is proposed"
packet SC-3 schedule

# ---- a signer's machine: the page that decides, and two words from somebody else's screen ----
for n in 1 5; do sign $n >/dev/null; done
signer_run 4 decline "$PACKET" --reason "I want to see the new key's ceremony first" >/dev/null
open signer "$(unshare -rn true 2>/dev/null && echo unshare -rn) $signer sign stick/SC-3.schedule.json --home signer-2"
wait_for "Read this page"
shot signer-decides "setgov-signer: the page that decides"
keys End
wait_for "Phrase of this packet"
shot signer-decides-end "setgov-signer: the end of that page"
keys Enter
sleep 0.5
# The demo moved the chain's clock a day ahead, so this machine's is behind
if see | grep -q "What day is it"; then
	text "$(date -u -d '+1 day' +%F)"
	keys Enter
fi
wait_for "Whose screen"
keys Enter
wait_for "The two hidden words"
words=$(phrase_of "$PACKET")
at=$(see | sed -n 's/.*words \([1-8]\) and \([1-8]\) are hidden.*/\1 \2/p')
text "$(cut -d' ' -f"${at% *}" <<<"$words")"
keys Enter
text "$(cut -d' ' -f"${at#* }" <<<"$words" | cut -c1-3)"
shot signer-words "setgov-signer: two words that another screen shows"

# ---- what came back: the queue, the change, its signatures; what the chain says; the meeting ----
console collect "$HERE"/stick/SC-3*.answer.json >/dev/null
window=console
keys q
wait_for "2 of 3"
shot queue "setgov: what waits"
keys s
wait_for "DECLINED"
shot board "setgov: signatures, owner by owner"
keys q Enter
wait_for "true → false"
shot change "setgov: one change"
keys d
wait_for "threshold"
shot deployment "setgov: the profile against the chain"
keys m o
wait_for "Open a meeting"
text "Keys and limits"
on Tab "ids out of the profile"
text "p1 p2 p3"
on Enter "Next: Right"
on Right "Read aloud"
shot meeting "setgov: a meeting"
