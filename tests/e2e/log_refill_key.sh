#!/usr/bin/env bash
# The log's key was changed among the lines that are lost. A signer's journal has them under the new key; its line
# log.key-rotated carries the old key's word for the lines before, and so those come back. The rest stays a hole: nobody has
# the key that could go on after it, and the owners put one in its place.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
console backup "$HERE/b" >/dev/null
size=$(console log checkpoint --json | field size)
console draft registry.pause --title "Pause" --reason "Drill" >/dev/null
console propose SC-2 >/dev/null
console log rotate-key >/dev/null
rotated=$(console log keys --json | node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).at(-1).line)')
console draft registry.unpause --title "Go on" --reason "Drill" >/dev/null
console propose SC-3 >/dev/null
packet SC-3 schedule
sign 1 >/dev/null
sign 4 >/dev/null
signer_run 4 journal --lines >"$HERE/kept"
same "$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).logs.length' "$HERE/kept")" 1
stored() { sqlite3 "$HERE/$1/log.db" "SELECT line FROM lines WHERE seq BETWEEN $size AND $((rotated - 1)) ORDER BY seq"; }
stored console >"$HERE/before"
mv "$HERE/console" "$HERE/lost"
restore() { # restore FILE
	rm -rf "$HERE/console" "$HERE/state"
	console restore "$HERE/b" --lines "$1" --json >"$HERE/restored.json"
}
edit() { node -e 'const fs = require("fs"), d = JSON.parse(fs.readFileSync(process.argv[1])), l = d.logs[0].lines; eval(process.argv[2]);
	fs.writeFileSync(process.argv[3], JSON.stringify(d));' "$HERE/kept" "$1" "$HERE/edited"; }

# Without the line that carries the old key's word, or with another's for it, nobody vouches for the lines before.
edit 'd.logs[0].lines = l.filter((x) => !x.includes("log.key-rotated"))'
restore "$HERE/edited"
same "$(field refilled <"$HERE/restored.json")" 0
edit 'd.logs[0].lines = l.map((x) => x.includes("log.key-rotated") ? x.replace(/(\\n\u2014 \S+ )[A-Za-z0-9+/=]{20}/, "$1AAAAAAAAAAAAAAAAAAAA") : x)'
cmp -s "$HERE/kept" "$HERE/edited" && fail "nothing was edited"
restore "$HERE/edited"
same "$(field refilled <"$HERE/restored.json")" 0

restore "$HERE/kept"
same "$(field refilled <"$HERE/restored.json")" "$((rotated - size))"
stored console | cmp - "$HERE/before"
[ "$(field missing <"$HERE/restored.json")" -gt 0 ] || fail "the rotation itself is lost, and not said to be"
same "$(state_of SC-2)" proposed
expect 0 "The log is whole" console log verify
expect 0 "signs now" console log keys
same "$(console log keys | wc -l)" 1

# What was proposed before the rotation is as it was, for whoever followed it too. For what comes now he refuses the old key,
# until the owners put a third one in the second one's place.
packet SC-2 schedule
sign 1 >/dev/null
console draft registry.unpause --title "Go on" --reason "Drill" --json >"$HERE/draft.json"
new=$(field change <"$HERE/draft.json")
console propose "$new" >/dev/null
packet "$new" schedule
expect 1 "[LOG-KEY]" sign 1
console log succeed --even-so >"$HERE/stick/successor"
for n in 1 2 4; do
	signer_run "$n" succeed "$HERE/stick/successor" -o "$HERE/stick/s$n.message.json" --passphrase-fd 3 >/dev/null
done
console log succeed "$HERE"/stick/s[124].message.json >/dev/null
packet "$new" schedule --refresh
sign 1 >/dev/null
expect 0 "The log is whole" console log verify
