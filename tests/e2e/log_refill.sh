#!/usr/bin/env bash
# A machine is lost after its backup: two signers' journals give back the lines that packets had brought them, byte for byte,
# under a checkpoint that they had seen; what nobody kept stays a hole, and is named. Invented lines do not go in.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2 3
console backup "$HERE/b" >/dev/null
size=$(console log checkpoint --json | field size)

# What is done after the backup reaches two signers, as far as their packet goes; then more, which nobody sees.
console draft registry.pause --title "Pause" --reason "Drill" >/dev/null
console propose SC-2 >/dev/null
packet SC-2 schedule
proposed=$(console log show SC-2 --json | node -e '
	console.log(JSON.parse(require("fs").readFileSync(0)).map((x) => x.line).find((x) => x.kind === "change.proposed").seq)')
sign 1 >/dev/null
sign 2 >/dev/null
console collect "${PACKET%.json}.p1.answer.json" >/dev/null
console log checkpoint >"$HERE/note"
last=$(sed -n 2p "$HERE/note")
# The lines' own bytes, as the database has them.
stored() { sqlite3 "$HERE/$1/log.db" "SELECT line FROM lines WHERE seq BETWEEN $size AND $proposed ORDER BY seq"; }
stored console >"$HERE/before"
for n in 1 2; do signer_run "$n" journal --lines >"$HERE/kept-$n"; done
signer_run 4 journal --lines >"$HERE/kept-4"
same "$(field logs <"$HERE/kept-4")" "[]"
mv "$HERE/console" "$HERE/lost"
rm -rf "$HERE/state"

# edit EXPRESSION: signer 1's lines with something changed in them
edit() { node -e 'const fs = require("fs"), d = JSON.parse(fs.readFileSync(process.argv[1])), l = d.logs[0].lines; eval(process.argv[2]);
	fs.writeFileSync(process.argv[3], JSON.stringify(d));' "$HERE/kept-1" "$1" "$HERE/edited"; }
nothing_came_back() { # nothing_came_back EXPRESSION
	edit "$1"
	rm -rf "$HERE/console" "$HERE/state"
	expect 0 "" console restore "$HERE/b" --lines "$HERE/edited" --json
	same "$(field refilled <"$HERE/out")" 0
}
nothing_came_back 'd.logs[0].lines = l.map((x) => x.replace("\"Drill\"", "\"Theft\""))'
nothing_came_back 'd.logs[0].lines = l.filter((x) => !x.includes("\"kind\":\"change.drafted\",\"change\":\"SC-2\""))'
nothing_came_back 'd.logs[0].checkpoints = []'
edit 'l.push("no line")'
rm -rf "$HERE/console" "$HERE/state"
expect 3 "needed a line of a log" console restore "$HERE/b" --lines "$HERE/edited"
[ ! -e "$HERE/console/log.db" ] || fail "something was left behind"

# Both journals, one of them cut to pieces, and the newest checkpoint that anybody has.
edit 'd.logs[0].lines = l.slice(-1)'
expect 0 "lines came back from signers' journals" console restore "$HERE/b" --lines "$HERE/edited" --lines "$HERE/kept-2" --seen "$HERE/note"
grep -qF "$((last - proposed - 1)) lines are MISSING: somebody saw $last" "$HERE/out" || { cat "$HERE/out" >&2; fail "the hole is not named"; }
stored console | cmp - "$HERE/before"
console log show "$((proposed + 1))" --json >"$HERE/restored"
same "$(field kind <"$HERE/restored")" log.restored
same "$(field refilled <"$HERE/restored")" "$((proposed + 1 - size))"
same "$(field missing <"$HERE/restored")" "$((last - proposed - 1))"
expect 0 "The log is whole" console log verify

# The log goes on: the change is there, waits for its signatures, and gets them.
same "$(state_of SC-2)" proposed
agree SC-2 schedule 3 4 5
expect 0 "The log is whole" console log verify
