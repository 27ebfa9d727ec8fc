#!/usr/bin/env bash
# A machine is lost, and the log goes on from a backup in another directory: the first new line says after which one, and
# what others had seen that nobody has any more. A damaged copy, another history and a second log are refused.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov" "$BUILD/tests/support/big_log" >/dev/null
export XDG_STATE_HOME=$HERE/state
"$BUILD/tests/support/big_log" "$HERE/w" 10 300 >/dev/null
at() { local dir=$HERE/$1; shift; "$BUILD/setgov" -C "$dir" "$@"; }
member() { node -e 'const v = JSON.parse(require("fs").readFileSync(0))[process.argv[1]]; process.stdout.write(v === null ? "null" : String(v))' "$1"; }
fail() { echo "line ${BASH_LINENO[0]}: $*" >&2; exit 1; }
same() { [ "$1" = "$2" ] || fail "needed \"$2\", found \"$1\""; }
said() { # said STATUS TEXT COMMAND…
	local want=$1 text=$2 got=0
	shift 2
	"$@" >"$HERE/out" 2>&1 || got=$?
	[ "$got" = "$want" ] && grep -qF -- "$text" "$HERE/out" || { cat "$HERE/out" >&2; fail "$*: status $got"; }
}
restored() { at "$1" log show --json | node -e '
	const l = JSON.parse(require("fs").readFileSync(0)).map((x) => x.line).filter((x) => x.kind === "log.restored");
	for (const { seq, body: b } of l) console.log(seq, b.last, b.missing, b.seenSize);'; }

said 0 "301 lines, verified" at w backup "$HERE/b"
same "$(stat -c %a "$HERE/b" "$HERE/b/log.key" "$HERE/b/log.db" | paste -sd,)" 700,600,600
said 1 EXISTS at w backup "$HERE/b"
cp -r "$HERE/b" "$HERE/b0"

# On this machine, with its memory: nothing was written since, so nothing is missing.
said 1 EXISTS at w restore "$HERE/b"
mv "$HERE/w" "$HERE/lost"
said 0 "over 301 lines, and all of them are there" at w restore "$HERE/b"
same "$(restored w)" "301 300 0 301"
said 0 "The log is whole" at w log verify
said 0 "302 lines" at w log verify
at w changes --offline >/dev/null

# More is written, an export and a note leave the machine, and it is lost. Another machine knows nothing.
for _ in 1 2 3; do at w log export "$HERE/export$RANDOM$RANDOM" >/dev/null; done
at w log checkpoint >"$HERE/note"
same "$(sed -n 2p "$HERE/note")" 305
mv "$HERE/w" "$HERE/lost2"
XDG_STATE_HOME=$HERE/elsewhere said 0 "what was lost since the backup, if anything, is not known" at x restore "$HERE/b"
same "$(restored x)" "301 300 0 null"
rm -rf "$HERE/elsewhere"
XDG_STATE_HOME=$HERE/elsewhere said 0 "4 lines are MISSING: somebody saw 305" at y restore "$HERE/b" --seen "$HERE/note"
same "$(restored y)" "301 300 4 305"

# This machine remembers by itself what it had seen; and goes on, without complaint, after it was told.
said 0 "4 lines are MISSING" at w restore "$HERE/b"
same "$(restored w)" "301 300 4 305"
at w log checkpoint >"$HERE/after"
same "$(sed -n 2p "$HERE/after")" 302
said 0 "compared" at w log verify
said 0 "NOT CHECKED lines that were lost: line 301: after line 300 the log goes on from a backup: lines 301 to 304" at w log verify
said 0 "HOLE  line 301: after line 300" at w status --offline
same "$(at w status --offline --json | member holes)" "[object Object]"
for _ in 1 2 3 4 5 6; do at w log export "$HERE/export$RANDOM$RANDOM" >/dev/null; done

# What it was shown then is explained by that line; somebody else's history is not.
at w backup "$HERE/b2" >/dev/null
mv "$HERE/w" "$HERE/lost3"
said 0 "all of them are there" at w restore "$HERE/b2" --seen "$HERE/note"
same "$(restored w | tail -n 1)" "309 308 0 309"
XDG_STATE_HOME=$HERE/elsewhere at y log export "$HERE/e" >/dev/null
XDG_STATE_HOME=$HERE/elsewhere at y log checkpoint >"$HERE/fork"
mv "$HERE/w" "$HERE/lost4"
XDG_STATE_HOME=$HERE/third said 1 LOG-FORKED at w restore "$HERE/lost2" --seen "$HERE/fork"
[ ! -e "$HERE/w/log.db" ] && [ ! -e "$HERE/w/restoring" ] || fail "something was left behind"

# A copy that was damaged is not gone on from, byte by byte of one line.
node -e '
	const fs = require("fs"), f = process.argv[1], b = fs.readFileSync(f), at = b.indexOf("\"kind\":\"log.backed-up\"");
	b[at + 9] ^= 1; fs.writeFileSync(f, b);' "$HERE/b0/log.db"
XDG_STATE_HOME=$HERE/third said 1 LOG-DAMAGED at w restore "$HERE/b0"
[ ! -e "$HERE/w/log.db" ] || fail "something was left behind"
rm "$HERE/b/log.key"
XDG_STATE_HOME=$HERE/third said 3 log.key at w restore "$HERE/b"
