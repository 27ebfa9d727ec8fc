#!/usr/bin/env bash
# A meeting from its agenda to its minutes, without a chain: what is decided is in the log, with the packets that were on
# the table; what does not fit is refused with a code.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
command -v node >/dev/null || { echo "SKIPPED: node is not installed: make deps"; exit 77; }
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov" "$BUILD/tests/support/big_log" >/dev/null
export XDG_STATE_HOME=$HERE/state
"$BUILD/tests/support/big_log" "$HERE/w" 100 2000 >/dev/null
setgov() { "$BUILD/setgov" -C "$HERE/w" "$@"; }
field() { node -e 'console.log(String(eval("v => v" + process.argv[1])(JSON.parse(require("fs").readFileSync(0, "utf8")))));' "$1"; }

fail() {
	echo "line ${BASH_LINENO[1]}: $*" >&2
	exit 1
}
# expect STATUS TEXT COMMAND…
expect() {
	local want=$1 text=$2 got=0
	shift 2
	"$@" >"$HERE/out" 2>&1 || got=$?
	[ "$got" = "$want" ] || { cat "$HERE/out" >&2; fail "$*: needed status $want, found $got"; }
	grep -qF -- "$text" "$HERE/out" || { cat "$HERE/out" >&2; fail "$*: nothing says \"$text\""; }
}
says() { grep -qxF -- "$1" "$HERE/minutes.md" || { cat "$HERE/minutes.md" >&2; fail "the minutes do not say: $1"; }; }

# Nothing without a meeting.
expect 1 "[NO-MEETING]" setgov meeting decide SC-97 approved
expect 1 "[NO-MEETING]" setgov meeting minutes
expect 1 "[NO-MEETING]" setgov meeting minutes --close
expect 1 "[PERSON-UNKNOWN]" setgov meeting open --present nobody
expect 1 "[CHANGE-UNKNOWN]" setgov meeting open SC-101

# Without an agenda every open change is on it.
setgov meeting open --title 'Weekly *call*' --present p1 --present p2 --json >"$HERE/open"
[ "$(field .meeting <"$HERE/open")" = M-1 ] || fail "the first meeting is M-1"
open=$(setgov changes --offline | grep -Ec ' (drafted|proposed|scheduled|ready) ')
[ "$(field .agenda.length <"$HERE/open")" = "$open" ] || fail "needed $open changes on the agenda"
expect 1 "[MEETING-OPEN] M-1 is open" setgov meeting open

# Decisions: by name, about changes that are there and frozen; a later one replaces an earlier one.
expect 3 "a decision is approved, rejected or deferred" setgov meeting decide SC-97 yes
expect 1 "[CHANGE-UNKNOWN]" setgov meeting decide SC-101 approved
expect 1 "[PERSON-UNKNOWN]" setgov meeting decide SC-97 approved --present p1 --present p9
expect 1 "[NOT-PROPOSED]" setgov meeting decide SC-100 approved
packets=$(setgov meeting decide SC-97 deferred --json | tr -d ' \n' |
	grep -o '"packet":"[0-9a-f]*"' | cut -d'"' -f4 | sed 's/^/--packet /')
[ -n "$packets" ] || fail "SC-97 has packets on the table"
expect 1 "[REPACKED]" setgov meeting decide SC-97 approved --packet "$(printf '0%.0s' $(seq 64))"
expect 1 "[REPACKED]" setgov meeting decide SC-97 approved --packet none
expect 3 "--packet" setgov meeting decide SC-97 approved --packet 12
# shellcheck disable=SC2086
expect 0 "It replaces \"deferred\"" setgov meeting decide SC-97 approved $packets
expect 0 "which this does not take back" setgov meeting decide SC-97 rejected --note 'Wait for the <advisory>'
expect 0 "It replaces \"rejected\"" setgov meeting decide SC-97 approved --present p3
setgov meeting decide SC-1 deferred --json >"$HERE/decided"
[ "$(field .present <"$HERE/decided")" = p3 ] || fail "whoever was there at the last decision is still there"
[ "$(setgov log show SC-97 --json | grep -c '"kind": "meeting.decided"')" = 4 ] || fail "a change's history has its decisions"

# The minutes, before and after they are closed.
setgov meeting minutes >"$HERE/minutes.md"
says '# Minutes of M-1: Weekly \*call\*'
says '> Wait for the \<advisory\>'
says 'State by the log: executed. Was not on the agenda'
grep -q '^Earlier decision, replaced below: \*\*rejected\*\* (line ' "$HERE/minutes.md" || fail "the first decision is there"
grep -q '^Decision: \*\*approved\*\* (line ' "$HERE/minutes.md" || fail "the last decision is there"
phrase=$(setgov show SC-97 --offline | sed -n 's/^ *phrase *//p' | head -n 1)
[ -n "$phrase" ] || fail "SC-97 has a packet"
grep -qF "**$phrase**" "$HERE/minutes.md" || fail "the minutes have the phrase of the packet"
expect 0 "M-1 is closed" setgov meeting minutes --close -o "$HERE/kept/minutes/closed.md"
expect 1 "[MEETING-CLOSED]" setgov meeting minutes M-1 --close
expect 1 "[MEETING-UNKNOWN]" setgov meeting minutes M-2
setgov meeting minutes --json >"$HERE/json"
[ "$(field .digest <"$HERE/json")" = "$(sha256sum <"$HERE/kept/minutes/closed.md" | cut -d' ' -f1)" ] || fail "the digest is the file's"
setgov meeting minutes M-1 | cmp - "$HERE/kept/minutes/closed.md"

# All of it is in a log that verifies, with us and with somebody else's verifier.
expect 0 "M-2 is open" setgov meeting open SC-97
expect 0 "The log is whole." setgov log verify
setgov log export "$HERE/export" >/dev/null
expect 0 "" node tests/support/verify_export.mjs "$HERE/export" "$(cat "$HERE/export/log.vkey")"
