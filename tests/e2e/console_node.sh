#!/usr/bin/env bash
# The console while its node hangs, hangs up, lies, babbles and comes back: only the header changes, keys are answered, and
# nothing a node says gets at the terminal.
set -euo pipefail
command -v tmux >/dev/null || { echo "SKIPPED: tmux is not installed: make deps"; exit 77; }
. "$(dirname "$0")/../support/e2e.sh"
. tests/support/screen.sh
ready
echo well >"$HERE/mood"
node tests/support/moody_node.mjs "$HERE" "$(cat "$HERE/rpc-url")" &
moody=$!
trap 'kill $moody 2>/dev/null; screen_end; finish' EXIT
for _ in $(seq 200); do [ ! -e "$HERE/moody-url" ] || break; sleep 0.05; done
node -e '
	const fs = require("fs"), [file, url] = process.argv.slice(1), d = JSON.parse(fs.readFileSync(file));
	d.local.endpoints = [{ name: "moody", url }];
	fs.writeFileSync(file, JSON.stringify(d));' "$HERE/console/deployment.json" "$(cat "$HERE/moody-url")"
console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null

screen_start 80x24 "'$setgov' -C '$HERE/console'; echo 'ended <'\$?'>'; sleep 1000"
wait_for "SC-1 schedule"
wait_for "1 node answers"
wait_for "payer has 10 ether"

# Keys are answered at once, whatever the node does: a view comes within a second.
quick() {
	local start=$SECONDS
	keys l
	wait_for "change.proposed" 50
	keys q
	wait_for "waits for its packet" 50
	[ $((SECONDS - start)) -le 2 ] || screen_fail "two keys took $((SECONDS - start)) s"
}
mood() {
	echo "$1" >"$HERE/mood"
	keys u
}

mood mute
wait_for "no answer"
wait_for "last seen block"
quick
mood gone
wait_for "! CHAIN: moody"
quick
mood liar
wait_for "CHAIN-ID"
quick
mood garbage
wait_for "! CHAIN: moody"
never "1 node answers"
quick
mood escape
wait_for '\u{001B}[2J'
wait_for "SC-1 schedule"
same "$(tmux -L "$SCREEN" display-message -p '#{pane_title}' | grep -c owned || true)" 0
quick
mood well
wait_for "1 node answers"

# Offline on purpose, and back.
keys o
wait_for "OFFLINE: the chain is not asked"
keys o
wait_for "1 node answers"

# What a stranger does on chain stands above everything else.
operation=$(node tests/support/stranger.mjs operation "$(cat "$HERE/rpc-url")" "$HERE/deployment.json" | tail -n 1)
keys u
wait_for "NOT IN THE LOG: an operation of the timelock"
wait_for "$operation"

# A resize at any moment; too small is said; it comes back.
tmux -L "$SCREEN" resize-window -x 40 -y 10
wait_for "80"
never "SC-1 schedule"
tmux -L "$SCREEN" resize-window -x 132 -y 50
wait_for "SC-1 schedule"
keys Q
wait_for "ended <0>"
