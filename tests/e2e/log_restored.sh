#!/usr/bin/env bash
# A machine is lost with a change that two owners had signed. The restored log gives its name to no other change, so that
# they sign again; and where its new proposal stands at a size that their journals know with another root, they do so only
# when log.restored says that those lines are lost.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
console backup "$HERE/b" >/dev/null

# What is lost: an export, and a change that signers 1 and 2 sign for.
console log export "$HERE/export" >/dev/null
console draft registry.pause --title "Pause" --reason "Drill" >/dev/null
console propose SC-2 >/dev/null
packet SC-2 schedule
lost=$(field size <"$PACKET")
sign 1 >/dev/null
sign 2 >/dev/null
cp "$PACKET" "$HERE/lost.json"
console log checkpoint >"$HERE/note"
mv "$HERE/console" "$HERE/lost"
restore() { # restore [option…]
	rm -rf "$HERE/console" "$HERE/state"
	console restore "$HERE/b" --json "$@" >"$HERE/restored.json"
	series=$(field series <"$HERE/restored.json")
	grep -qE '^SC[A-Z]{3}$' <<<"$series" || fail "the series is $series"
}
again() { # the same change anew, at the same size of the log
	console draft registry.pause --title "Pause again" --reason "Drill" --json >"$HERE/draft.json"
	same "$(field change <"$HERE/draft.json")" "$series-2"
	console propose "$series-2" >/dev/null
	packet "$series-2" schedule
	same "$(field size <"$PACKET")" "$lost"
}

# Nobody showed what was seen of the lost lines: that the size had another root stays a fork.
restore
again
expect 1 "[LOG-FORK] the log was rewritten: at size $lost it had another root" sign 1
expect 0 "THE LOG GOES ON FROM A BACKUP after line" signer_run 3 review "$PACKET" --plain
sign 3 >/dev/null
first=$series

# Shown, it is explained, to whoever reads the lines that the packet carries. They are needed.
restore --seen "$HERE/note"
[ "$series" != "$first" ] || fail "two restores of one copy give the same names"
again
last=$(console log show --json | node -e '
	console.log(JSON.parse(require("fs").readFileSync(0)).map((x) => x.line).find((x) => x.kind === "log.restored").body.last)')
expect 0 "THE LOG GOES ON FROM A BACKUP: its lines $((last + 1)) to $(($(sed -n 2p "$HERE/note") - 1)) of before are lost." \
	signer_run 1 review "$PACKET" --plain
cp "$PACKET" "$HERE/whole.json"
node -e 'const fs = require("fs"), t = fs.readFileSync(process.argv[1], "utf8"), p = JSON.parse(t);
	const at = t.lastIndexOf("\"lines\""); fs.writeFileSync(process.argv[1], t.slice(0, at) + "\"lines\": []\n}\n");' "$PACKET"
expect 1 "[LOG-FORK] the log was rewritten" sign 1
node -e 'const fs = require("fs"), t = fs.readFileSync(process.argv[1], "utf8");
	fs.writeFileSync(process.argv[2], t.replace(/\\"seenSize\\":\d+/, "\\\"seenSize\\\":9999").replace(/\\"missing\\":\d+/, (m) => m));' \
	"$HERE/whole.json" "$PACKET"
cmp -s "$PACKET" "$HERE/whole.json" && fail "nothing was edited"
expect 1 "[LOG-FORK] the log was rewritten" sign 1
cp "$HERE/whole.json" "$PACKET"
sign 1 >/dev/null
sign 2 >/dev/null
sign 4 >/dev/null
# shellcheck disable=SC2046
console collect $(answers) >/dev/null
submit "$series-2" schedule >/dev/null
same "$(state_of "$series-2")" scheduled
expect 0 "The log is whole" console log verify

# The packet that was lost is another change's, and its signatures are for what the log does not know.
expect 1 "" console collect "$HERE/lost.json"
console draft registry.unpause --title "Go on" --reason "Drill" --json >"$HERE/draft.json"
same "$(field change <"$HERE/draft.json")" "$series-3"
