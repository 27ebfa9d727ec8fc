#!/usr/bin/env bash
# The log's key is changed, twice: what was signed stays good, what is signed then leads back to the first key, for an
# independent verifier, tiles, followers and auditors too; whoever had the old key alone appends nothing any more.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov" "$BUILD/tests/support/big_log" >/dev/null
"$BUILD/tests/support/big_log" "$HERE/w" 10 300 >/dev/null
at() { local dir=$HERE/$1; shift; XDG_STATE_HOME=$HERE/state-${dir##*/} "$BUILD/setgov" -C "$dir" "$@"; }
fail() { echo "line ${BASH_LINENO[0]}: $*" >&2; exit 1; }
same() { [ "$1" = "$2" ] || fail "needed \"$2\", found \"$1\""; }
said() { # said STATUS TEXT COMMAND…
	local want=$1 text=$2 got=0
	shift 2
	"$@" >"$HERE/out" 2>&1 || got=$?
	[ "$got" = "$want" ] && grep -qF -- "$text" "$HERE/out" || { cat "$HERE/out" >&2; fail "$*: status $got"; }
}
member() { node -e 'process.stdout.write(String(JSON.parse(require("fs").readFileSync(0))[process.argv[1]]))' "$1"; }
judge() { node tests/support/verify_export.mjs "$@"; }

at w log checkpoint >"$HERE/before"
at w log export "$HERE/one" >/dev/null
at w log export --tiles "$HERE/tiles" >/dev/null
first=$(cat "$HERE/one/log.vkey")
cp "$HERE/w/log.key" "$HERE/stolen"
said 0 "signs now" at w log keys
said 3 "was never changed" at w log keys --note

said 0 "and the key before vouches for it" at w log rotate-key
said 0 "Line 303: " at w log rotate-key
third=$(at w log keys --json | node -e 'const k = JSON.parse(require("fs").readFileSync(0)); process.stdout.write(k[2].vkey)')
[ "$first" != "$third" ] || fail "the key is the same"
same "$(at w log keys | wc -l)" 3
same "$(at w log keys --note | sed -n 2p)" 303
same "$(stat -c %a "$HERE/w/log.key")" 600
same "$(at w log checkpoint --json | member vkey)" "$third"
said 0 "The log is whole" at w log verify --offline
said 0 "newest checkpoint" at w log verify --chain

# Proofs under an old checkpoint carry the key of its time.
at w log prove entry 5 --json >"$HERE/proof"
same "$(member vkey <"$HERE/proof")" "$third"
at w log prove consistency 100 300 --json >"$HERE/proof"
same "$(member vkey <"$HERE/proof")" "$first"

# From the first key alone an independent verifier arrives at the third; another key is none of them.
at w log export "$HERE/two" >/dev/null
same "$(cat "$HERE/two/log.vkey")" "$third"
said 0 "304 lines" judge "$HERE/two" "$first"
said 0 "304 lines" judge "$HERE/two" "$third"
said 1 "none of the keys is the trusted one" judge "$HERE/one" "$third"
said 1 "" judge "$HERE/two" "${first%?}A"

# Tiles go on in the same directory; an old follower follows; a new one starts with the whole chain.
said 0 "305 lines" at w log export --tiles "$HERE/tiles"
same "$(cat "$HERE/tiles/log.vkey")" "$third"
same "$(node tests/support/verify_tiles.mjs "$HERE/tiles" "$third")" 305
at f init --follow "$HERE/one" >/dev/null
said 0 "$third" at f init --follow "$HERE/two"
said 0 "NOT CHECKED blobs that the export withheld: " at f log verify --offline
said 0 "The log is whole" at f log verify --offline
said 0 "$third" at g init --follow "$HERE/two"
same "$(at g log keys)" "$(at w log keys)"
cp -r "$HERE/two" "$HERE/bad"
sed -i 's/"kind":"log.key-rotated"/"kind":"log.key-retated"/' "$HERE/bad/lines.jsonl"
said 1 "" at h init --follow "$HERE/bad"

# The old key, whoever has it now, opens nothing.
mkdir "$HERE/thief"
cp "$HERE/w/log.db" "$HERE/thief/"
cp "$HERE/stolen" "$HERE/thief/log.key"
cp "$HERE/w/deployment.json" "$HERE/thief/"
said 1 "[LOG-KEY] this is not the key that the log names" at thief log checkpoint
