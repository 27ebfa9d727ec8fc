#!/usr/bin/env bash
# The log held against the chain: the newest block that vouches for it and how far; and a log that was rolled back to an
# older copy, which nothing inside it can show.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
url=$(cat "$HERE/rpc-url")

console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null
cp -r "$HERE/console" "$HERE/older"
expect 0 "no operation vouches for this log" console log verify --rpc "$url"
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
expect 0 "of SC-1; nothing on chain vouches for lines 3 to " console log verify --rpc "$url"
expect 0 "vouches for lines 0 to 2 by the salt of operation" console log verify
console log verify --json >"$HERE/verified.json"
same "$(field anchor <"$HERE/verified.json" | field size)" 3
expect 0 "NOT CHECKED anchors on chain: the chain was not asked" console log verify --offline
expect 0 "NOT CHECKED anchors on chain: " console log verify --rpc http://127.0.0.1:1
expect 0 ": seq, leaf, chain, time" console log verify --chain

# The older copy is whole by itself, and this machine remembers better.
cp -r "$HERE/older" "$HERE/rolled"
expect 1 "[REMEMBERED]" "$setgov" -C "$HERE/rolled" log verify --offline
# Where nothing is remembered the chain tells, once an operation is on it that the copy does not know.
console draft registry.pause --title "Pause" --reason "Drill" >/dev/null
console propose SC-2 >/dev/null
agree SC-2 schedule 1 2 3
submit SC-2 schedule >/dev/null
expect 0 "2 of 2 operations are this log's" console log verify
export XDG_STATE_HOME=$HERE/forgetful
expect 0 "The log is whole" "$setgov" -C "$HERE/rolled" log verify --offline
expect 1 "with a salt, and no line planned it" \
	"$setgov" -C "$HERE/rolled" log verify

# A log that goes on from the copy names that operation, and says so from then on; what comes next is a finding again.
resumed() { XDG_STATE_HOME=$HERE/elsewhere "$setgov" -C "$HERE/resumed" "$@"; }
expect 0 "On chain, and in no line: operation 0x" resumed restore "$HERE/older"
expect 0 "no line explains the operations that the chain has: 0x" resumed log verify
expect 0 "NOT CHECKED operations of lines that were lost: 1 on chain, named by the log's log.restored" resumed log verify
expect 0 "HOLE  line " resumed status --offline
console draft registry.pause --title "Pause" --reason "Drill again" >/dev/null
console propose SC-3 >/dev/null
agree SC-3 schedule 1 2 3
submit SC-3 schedule >/dev/null
expect 1 "with a salt, and no line planned it" resumed log verify
