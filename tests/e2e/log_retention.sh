#!/usr/bin/env bash
# Personal data goes when two people say so: from every file of the log, and from nothing else. Digest and lines stay,
# exports and followers say that it is gone. Old blobs go into a segment, which is read back before they leave and can be
# checked afterwards; a byte changed in it is found.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/among.sh
. tests/support/among.sh
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov" "$BUILD/tests/support/big_log" >/dev/null
export XDG_STATE_HOME=$HERE/state
"$BUILD/tests/support/big_log" "$HERE/w" 10 300 none >/dev/null
at() { local dir=$HERE/$1; shift; XDG_STATE_HOME=$HERE/state-${dir##*/} "$BUILD/setgov" -C "$dir" "$@"; }
fail() { echo "line ${BASH_LINENO[0]}: $*" >&2; exit 1; }
same() { [ "$1" = "$2" ] || fail "needed \"$2\", found \"$1\""; }
said() { # said STATUS TEXT COMMAND…
	local want=$1 text=$2 got=0
	shift 2
	"$@" >"$HERE/out" 2>&1 || got=$?
	[ "$got" = "$want" ] && grep -qF -- "$text" "$HERE/out" || { cat "$HERE/out" >&2; fail "$*: status $got"; }
}
json() { node -e 'const r = JSON.parse(require("fs").readFileSync(0)); console.log(eval("r." + process.argv[1]))' "$1"; }
no_file_has() { ! grep -rlF -- "$1" "$HERE/w" || fail "a file still has: $1"; }

# ---- erasing ----
secret='Ada Lovelace lives in St James'
{ for i in $(seq 400); do echo "$i $secret"; done; } >"$HERE/cv.txt"
echo 'anybody may read this' >"$HERE/open.txt"
at w draft safe.reject nonce=999 --title T --reason R --attach "$HERE/open.txt" --attach-private "$HERE/cv.txt" >/dev/null
blob=$(sha256sum "$HERE/cv.txt" | cut -d' ' -f1)
open=$(sha256sum "$HERE/open.txt" | cut -d' ' -f1)
grep -qlrF "$secret" "$HERE/w" || fail "the attachment is not in the log"
at w backup "$HERE/before" >/dev/null
at w log export "$HERE/e1" >/dev/null
[ -e "$HERE/e1/blobs/$open" ] && [ ! -e "$HERE/e1/blobs/$blob" ] || fail "the private one is in an export"
grep -qF "{\"class\":\"private\",\"sha256\":\"$blob\"}" "$HERE/e1/manifest.json" || fail "not listed as withheld"

said 2 "--as ID" at w log erase "$blob" --reason 'she asked for it'
said 2 "needs a --reason" at w log erase "$blob" --as p1
said 1 NOT-PRIVATE at w log erase "$open" --reason 'too much' --as p1
said 3 "no such blob" at w log erase "${blob//[0-7]/8}" --reason 'too much' --as p1
said 0 "Nothing is erased" at w log erase "$blob" --reason 'she asked for it' --as p1
said 1 TWO-PEOPLE at w log erase "$blob" --reason 'she asked for it' --as p1
grep -qlrF "$secret" "$HERE/w" || fail "gone after one person's word"
said 0 "is whole" at w log verify --offline
root=$(at w log verify --offline --json | json root)
said 0 "Erased" at w log erase "$blob" --reason 'she asked for it' --as p2
no_file_has "$secret"
said 1 "[ERASED]" at w log erase "$blob" --reason 'again' --as p3
said 1 "[ERASED]" at w draft safe.reject nonce=999 --title T --reason R --attach-private "$HERE/cv.txt"
said 0 "checked erased blobs: 1, each by two people, as they said who they were; $blob by p1 and p2" at w log verify --offline
said 0 "is whole" at w log verify --offline
at w log show --full | grep -F '"kind":"blob.erased"' | among -F "$blob" || fail "no line says so"
[ "$root" != "$(at w log verify --offline --json | json root)" ] || fail "no line was added"

# Exports say so, whoever reads them; a follower too, also one that followed before.
at f init --follow "$HERE/e1" >/dev/null
at w log export "$HERE/e2" >/dev/null
grep -qF "{\"class\":\"erased\",\"sha256\":\"$blob\"}" "$HERE/e2/manifest.json" || fail "not listed as erased"
node tests/support/verify_export.mjs "$HERE/e2" "$(cat "$HERE/e2/log.vkey")" >/dev/null
at w log export --tiles "$HERE/tiles" >/dev/null
grep -qF "{\"class\":\"erased\",\"sha256\":\"$blob\"}" "$HERE/tiles/manifest.json" || fail "not listed as erased"
said 0 "new" at f init --follow "$HERE/e2"
said 0 " 1 erased" at f log verify --offline
said 0 "is whole" at f log verify --offline

# A copy from before has it again, with no line that says so; erased there anew it is gone there too.
rm -rf "$HERE/r" && at r restore "$HERE/before" --offline >/dev/null
grep -qlrF "$secret" "$HERE/r" || fail "the copy had it"
at r log erase "$blob" --reason 'she asked for it' --as p1 >/dev/null
at r log erase "$blob" --reason 'she asked for it' --as p2 >/dev/null
! grep -qlrF "$secret" "$HERE/r" || fail "the restored log still has it"
said 0 "is whole" at r log verify --offline

# Emptied by hand: found.
cp -r "$HERE/w" "$HERE/x"
sqlite3 "$HERE/x/log.db" "DROP TRIGGER blobs_only_emptied; UPDATE blobs SET bytes = x'' WHERE i = 0;
	CREATE TRIGGER blobs_only_emptied BEFORE UPDATE ON blobs
WHEN NEW.i IS NOT OLD.i OR NEW.sha256 IS NOT OLD.sha256 OR NEW.class IS NOT OLD.class
  OR OLD.class = 'bearer' OR length(NEW.bytes) <> 0
BEGIN SELECT RAISE(ABORT, 'blobs are never changed, only emptied'); END"
said 1 "FOUND   [BLOB-EMPTIED]" at x log verify --offline

# ---- archiving ----
# The log of big_log begins two years ago; lines from the last twelve months stay whatever is asked for.
year=$(date -u -d '13 months ago' +%F)
"$BUILD/tests/support/big_log" "$HERE/a" 200 6000 none >/dev/null
said 2 "--as ID" at a log archive --before "$year" -o "$HERE/seg"
said 3 "needed 12 to 1200 months" at a log archive --before "$year" --keep 11 -o "$HERE/seg" --as p1
said 1 "[NOTHING]" at a log archive --before "$year" -o "$HERE/seg" --as p1          # nothing is seven years old
said 0 "Nothing leaves the log" at a log archive --before "$year" --keep 12 -o "$HERE/seg" --as p1
said 1 TWO-PEOPLE at a log archive --before "$year" --keep 12 -o "$HERE/seg" --as p1
count=$(at a log verify --offline --json | json 'checks.find(c => c.what === "blobs").text')
n=$(json 'blobs.length' <"$HERE/seg/segment.json")
[ "$n" -gt 20 ] || fail "only $n blobs"
node tests/support/verify_tiles.mjs "$HERE/seg" "$(cat "$HERE/seg/log.vkey")" >/dev/null

# A segment that was damaged meanwhile takes nothing out of the log.
first=$(json 'blobs[0].sha256' <"$HERE/seg/segment.json")
flip() { node -e 'const fs = require("fs"), b = fs.readFileSync(process.argv[1]); b[process.argv[2]] ^= 1; fs.writeFileSync(process.argv[1], b)' "$HERE/seg/$1" "$2"; }
flip "blobs/$first" 5
said 1 "[SEGMENT] blob $first has other bytes" at a log archive --before "$year" --keep 12 -o "$HERE/seg" --as p2
flip "blobs/$first" 5
flip tile/entries/000 99
said 1 "tile/entries/000 is not there, or was changed" at a log archive --before "$year" --keep 12 -o "$HERE/seg" --as p2
flip tile/entries/000 99
said 1 "[IN-USE]" at a log archive --before "$year" -o "$HERE/seg" --as p2           # seven years are not over, says the second
same "$count" "$(at a log verify --offline --json | json 'checks.find(c => c.what === "blobs").text')"
at a backup "$HERE/a-before" >/dev/null

# The policy in force says how long each class stays: by one that keeps them as long as ever nothing goes, by one that keeps
# them for a year the second agrees. Both lines name the table that they went by, and the log has it.
policy() { printf '{"format":"setgov-policy/1","name":"Files","semantics":1,"rules":[],"retention":%s}\n' "$1" >"$HERE/a/policy.json"; }
policy '{"receipts":12,"evidence":120}'
said 1 "[IN-USE]" at a log archive --before "$year" -o "$HERE/seg" --as p2
policy '{"receipts":11}'
said 3 "policy.json:1: retention.receipts: needed 12 to 1200 months" at a log archive --before "$year" -o "$HERE/seg" --as p2
policy '{"receipts":12,"evidence":12,"facts":12,"minutes":12,"attachments":12}'
said 0 "Archived" at a log archive --before "$year" -o "$HERE/seg" --as p2
rm "$HERE/a/policy.json"
table=$(printf '{"attachments":12,"evidence":12,"facts":12,"minutes":12,"receipts":12}' | sha256sum | cut -c 1-64)
grep -qF "SHA-256 $table" "$HERE/out" || fail "the table is not named"
same "$(at a log show --json | node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).map((x) => x.line)
	.filter((x) => /^log.archive/.test(x.kind)).map((x) => x.body.retention).join())')" "$table,$table"
said 1 "[ARCHIVED]" at a log archive --before "$year" --keep 12 -o "$HERE/seg" --as p3
verify() { at a log verify --offline "$@"; }
said 0 "NOT CHECKED archived blobs: $n" verify
grep -qF 'segment seg (its list' "$HERE/out" || fail "the segment is not named"
grep -qF "is whole" "$HERE/out" || fail "not whole"
said 0 "checked archived blobs: $n of segment seg" verify --archive "$HERE/seg"
grep -qF "is whole" "$HERE/out" || fail "not whole"

# A changed byte of anything in the segment, or a file that is gone: found.
damaged() { flip "$1" "$2"; said 1 "FOUND   [SEGMENT]" verify --archive "$HERE/seg"; flip "$1" "$2"; }
damaged "blobs/$first" 0
damaged tile/entries/000 70
damaged tile/0/000 7
damaged checkpoint 60
damaged segment.json 30
mv "$HERE/seg/blobs/$first" "$HERE/kept"
said 1 "FOUND   [SEGMENT]" verify --archive "$HERE/seg"
mv "$HERE/kept" "$HERE/seg/blobs/$first"
said 1 "FOUND   [SEGMENT]" verify --archive "$HERE/nowhere"
said 0 "is whole" verify --archive "$HERE/seg"

# The log goes on; exports and followers say what is archived; a copy from before has the bytes again.
at a log export "$HERE/ea" >/dev/null
node tests/support/verify_export.mjs "$HERE/ea" "$(cat "$HERE/ea/log.vkey")" >/dev/null
grep -qF "{\"class\":\"archived\",\"sha256\":\"$first\"}" "$HERE/ea/manifest.json" || fail "not listed as archived"
at fa init --follow "$HERE/ea" >/dev/null
said 0 " archived" at fa log verify --offline
at ra restore "$HERE/a-before" --offline >/dev/null
said 0 "is whole" at ra log verify --offline
said 0 "Archived" at ra log archive --before "$year" --keep 12 -o "$HERE/seg" --as p3
said 0 "checked archived blobs: $n of segment seg" at ra log verify --offline --archive "$HERE/seg"

# One emptied by hand that no segment's list has: found.
cp -r "$HERE/a" "$HERE/xa"
sqlite3 "$HERE/xa/log.db" "DROP TRIGGER blobs_only_emptied; UPDATE blobs SET bytes = x'' WHERE i = 0"
said 1 "FOUND   [BLOB-EMPTIED]" at xa log verify --offline --archive "$HERE/seg"
