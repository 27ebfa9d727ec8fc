#!/usr/bin/env bash
# A follower is made from an export, reads, is brought up to date, and never appends. An export that is shorter, of another
# history, or changed in any file leaves it as it was.
set -euo pipefail
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov" "$BUILD/tests/support/big_log" >/dev/null
export XDG_STATE_HOME=$HERE/state
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

at w log export "$HERE/one" >/dev/null
said 0 "300 lines, 300 of them new" at f init --follow "$HERE/one"
grep -qF "$(cat "$HERE/one/log.vkey")" "$HERE/out" || fail "the key is not shown"
at f log show >"$HERE/theirs"
head -n 300 "$HERE/theirs" >"$HERE/lines"
at w log show | head -n 300 | cmp - "$HERE/lines"
at f changes --offline >"$HERE/theirs"
at w changes --offline | cmp - "$HERE/theirs"
said 1 LOG-KEY at f log checkpoint
said 1 FOLLOWER at w init --follow "$HERE/one"
said 2 "or --follow EXPORT" at f init

# A later export brings it up to date, an older one does not take anything away.
at w log export "$HERE/two" >/dev/null
said 0 "301 lines, 1 of them new" at f init --follow "$HERE/two"
said 0 "301 lines, 0 of them new" at f init --follow "$HERE/two"
said 1 LOG-SHORT at f init --follow "$HERE/one"

# Another history of the same log: the machine was restored and went on differently.
at w backup "$HERE/b" >/dev/null
at w log export "$HERE/three" >/dev/null
at v restore "$HERE/b" >/dev/null
at v log export "$HERE/fork" >/dev/null
at v log export "$HERE/fork2" >/dev/null
said 0 "303 lines, 2 of them new" at f init --follow "$HERE/three"
at w log export "$HERE/four" >/dev/null
said 0 "304 lines" at f init --follow "$HERE/four"
said 1 LOG-FORKED at f init --follow "$HERE/fork2"

# One byte of anything: nothing is taken, also by a directory that was empty.
flip() { # flip FILE BYTE CODE
	rm -rf "$HERE/bad"
	cp -r "$HERE/four" "$HERE/bad"
	node -e 'const fs = require("fs"), b = fs.readFileSync(process.argv[1]); b[process.argv[2]] ^= 1; fs.writeFileSync(process.argv[1], b)' "$HERE/bad/$1" "$2"
	if at g init --follow "$HERE/bad" >"$HERE/out" 2>&1; then fail "accepted: $1 with byte $2 changed"; fi
	[ ! -e "$HERE/g/log.db" ] && [ ! -e "$HERE/g/log.db.new" ] || fail "something was left behind"
}
flip lines.jsonl 40
flip lines.jsonl 30000
flip checkpoint 80
flip log.vkey 60
flip "blobs/$(ls "$HERE/four/blobs" | head -n 1)" 9
said 0 "304 lines, 304 of them new" at g init --follow "$HERE/four"

# A manifest excuses what an export may lack, and not the profile.
rm -rf "$HERE/bad"
cp -r "$HERE/four" "$HERE/bad"
profile=$(head -n 1 "$HERE/bad/lines.jsonl" | grep -o '"profile":"[0-9a-f]*"' | cut -d'"' -f4)
rm "$HERE/bad/blobs/$profile"
sed -i "s/\"withheld\":\[/&{\"class\":\"private\",\"sha256\":\"$profile\"},/; s/},\]/}]/" "$HERE/bad/manifest.json"
said 3 "no blob $profile" at h init --follow "$HERE/bad"

# It is of this export: another's root, size, key or name in it is refused, and found where it came to lie there later.
for member in root size logKey origin; do
	rm -rf "$HERE/bad"
	cp -r "$HERE/four" "$HERE/bad"
	sed -i "s/\"$member\":\"[^\"]*\"/\"$member\":\"$(printf %064d 1)\"/; s/\"$member\":[0-9]*,/\"$member\":1,/" "$HERE/bad/manifest.json"
	cmp -s "$HERE/bad/manifest.json" "$HERE/four/manifest.json" && fail "$member was not changed"
	said 1 "manifest.json.$member" at "m-$member" init --follow "$HERE/bad"
	[ ! -e "$HERE/m-$member/log.db" ] || fail "something was left behind"
	rm -rf "$HERE/k"
	cp -r "$HERE/f" "$HERE/k"
	cp "$HERE/bad/manifest.json" "$HERE/k/manifest.json"
	said 1 "[FILE] the manifest that the follower keeps: " at k log verify
done

# A clock that steps back is a line that says from when to when. One that says neither could hide any earlier time.
rm -rf "$HERE/bad"
cp -r "$HERE/four" "$HERE/bad"
kind=$(sed -n 51p "$HERE/bad/lines.jsonl" | grep -o '"kind":"[^"]*"')
node tests/support/forge_export.mjs "$HERE/bad" edit 50 "$kind" '"kind":"clock.stepped-back"'
node tests/support/cosign.mjs resign "$HERE/w/log.key" "$HERE/bad/checkpoint" >"$HERE/signed"
mv "$HERE/signed" "$HERE/bad/checkpoint"
said 1 "line 50 of the export is earlier than the one before it, or does not say from when to when" at m init --follow "$HERE/bad"
said 1 "line 50 is earlier than the one before it, or does not say from when to when" \
	"$BUILD/setgov" audit "$HERE/bad" --rpc http://127.0.0.1:1

# Nor is a pipe waited for, or a device read to an end that it has not.
for odd in "mkfifo" "ln -s /dev/zero"; do
	rm -rf "$HERE/bad"
	cp -r "$HERE/four" "$HERE/bad"
	rm "$HERE/bad/lines.jsonl"
	$odd "$HERE/bad/lines.jsonl"
	said 4 "not a regular file" timeout 20 env XDG_STATE_HOME="$HERE/state-h" "$BUILD/setgov" -C "$HERE/h" init --follow "$HERE/bad"
done
