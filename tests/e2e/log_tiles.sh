#!/usr/bin/env bash
# A log served as tiles by a static host is read by a client that knows C2SP and nothing of ours; brought up to date, only
# what is new is written; a changed byte, a shorter log and another log are noticed.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -e contracts/node_modules/@sigstore/verify ] || { echo "SKIPPED: Sigstore's verifier is not installed: make deps"; exit 77; }
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$HERE"' EXIT
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov" "$BUILD/tests/support/big_log" >/dev/null
export XDG_STATE_HOME=$HERE/state
"$BUILD/tests/support/big_log" "$HERE/w" 20 3000 >/dev/null
setgov() { "$BUILD/setgov" -C "$HERE/w" "$@"; }
judge() { node tests/support/verify_tiles.mjs "$@"; }
fail() { echo "line ${BASH_LINENO[0]}: $*" >&2; exit 1; }
same() { [ "$1" = "$2" ] || fail "needed \"$2\", found \"$1\""; }
said() { # said STATUS TEXT COMMAND…
	local want=$1 text=$2 got=0
	shift 2
	"$@" >"$HERE/out" 2>&1 || got=$?
	[ "$got" = "$want" ] && grep -qF -- "$text" "$HERE/out" || { cat "$HERE/out" >&2; fail "$*: status $got"; }
}

setgov log export --tiles "$HERE/t" >/dev/null
vkey=$(cat "$HERE/t/log.vkey")
same "$(judge "$HERE/t" "$vkey")" 3000
same "$(cd "$HERE/t/tile/1" && find . -type f)" ./000.p/11

# One more line (log.exported): the tiles that hold it, and none that was full.
touch "$HERE/mark"
sleep 0.01
setgov log export --tiles "$HERE/t" >"$HERE/out"
grep -q '3001 lines, 1 of them new; 2 tiles and 0 blobs written' "$HERE/out" || { cat "$HERE/out" >&2; exit 1; }
find "$HERE/t/tile" -type f -newer "$HERE/mark" | sed "s|$HERE/t/tile/||" | sort >"$HERE/new"
printf '%s\n' "0/011.p/185" "entries/011.p/185" | cmp - "$HERE/new"
node -e '
const http = require("http"), fs = require("fs"), dir = process.argv[1];
http.createServer((q, r) => fs.readFile(dir + q.url, (e, b) => { r.statusCode = e ? 404 : 200; r.end(b); }))
	.listen(0, "127.0.0.1", function () { console.log(this.address().port); });' "$HERE/t" >"$HERE/port" &
server=$!
for _ in $(seq 100); do [ ! -s "$HERE/port" ] || break; sleep 0.05; done
same "$(judge "http://127.0.0.1:$(cat "$HERE/port")" "$vkey")" 3001

# What a run that was cut off left behind, and what went bad, is written again.
rm "$HERE/t/checkpoint" "$HERE/t/tile/0/005" "$HERE/t/manifest.json"
printf x | dd of="$HERE/t/tile/entries/007" bs=1 seek=99 conv=notrunc status=none
said 1 "" judge "$HERE/t" "$vkey"
setgov log export --tiles "$HERE/t" >"$HERE/out"
grep -q '; 4 tiles and' "$HERE/out" || { cat "$HERE/out" >&2; exit 1; }
same "$(judge "$HERE/t" "$vkey")" 3002

flip() { # flip FILE BYTE: and it is not accepted; then back
	cp "$HERE/t/$1" "$HERE/kept"
	node -e 'const fs = require("fs"), b = fs.readFileSync(process.argv[1]); b[process.argv[2]] ^= 1; fs.writeFileSync(process.argv[1], b)' "$HERE/t/$1" "$2"
	if judge "$HERE/t" "$vkey" >"$HERE/out" 2>&1; then fail "accepted: $1 with byte $2 changed"; fi
	cp "$HERE/kept" "$HERE/t/$1"
}
flip tile/0/000 0
flip tile/1/000.p/11 351
flip tile/entries/010 700
flip tile/entries/011.p/186 1
flip checkpoint 70
same "$(judge "$HERE/t" "$vkey")" 3002

# Another log's directory, somebody's files, a log that is shorter than its export.
mkdir "$HERE/files" && touch "$HERE/files/letter"
said 1 EXPORT-OTHER setgov log export --tiles "$HERE/files"
"$BUILD/tests/support/big_log" "$HERE/w2" 10 300 >/dev/null
said 1 EXPORT-OTHER "$BUILD/setgov" -C "$HERE/w2" log export --tiles "$HERE/t"
mkdir "$HERE/old" && cp "$HERE/w2/log.db" "$HERE/w2/log.key" "$HERE/w2/deployment.json" "$HERE/old/"
"$BUILD/setgov" -C "$HERE/w2" log export --tiles "$HERE/t2" >/dev/null
"$BUILD/setgov" -C "$HERE/w2" log export --tiles "$HERE/t2" >/dev/null
export XDG_STATE_HOME=$HERE/other-state
said 1 LOG-SHORT "$BUILD/setgov" -C "$HERE/old" log export --tiles "$HERE/t2"
