#!/usr/bin/env bash
# Proofs of a real log, judged by Sigstore's code and by the RFC's text; one byte of anything changed is not accepted.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -e contracts/node_modules/@sigstore/verify ] || { echo "SKIPPED: Sigstore's verifier is not installed: make deps"; exit 77; }
BUILD=$(realpath "${BUILD:-build}")
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT
make --no-print-directory BUILD="$BUILD" "$BUILD/setgov" "$BUILD/tests/support/big_log" >/dev/null
export XDG_STATE_HOME=$HERE/state
"$BUILD/tests/support/big_log" "$HERE/w" 20 1000 >/dev/null
setgov() { "$BUILD/setgov" -C "$HERE/w" "$@"; }
member() { node -e 'const v = JSON.parse(require("fs").readFileSync(0))[process.argv[1]]; process.stdout.write(v === null ? "null" : String(v))' "$1"; }
judge() { node tests/support/sigstore.mjs "$@"; }
fail() { echo "line ${BASH_LINENO[0]}: $*" >&2; exit 1; }
refuses() { if judge "$@" >"$HERE/out" 2>&1; then fail "accepted: $*"; fi; }
same() { [ "$1" = "$2" ] || fail "needed \"$2\", found \"$1\""; }

setgov log checkpoint --json >"$HERE/checkpoint"
vkey=$(member vkey <"$HERE/checkpoint")
size=$(member size <"$HERE/checkpoint")
for seq in 0 1 255 256 511 512 $((size - 2)) $((size - 1)); do
	setgov log prove entry "$seq" --json -o "$HERE/p" >"$HERE/json"
	member line <"$HERE/json" >"$HERE/line"
	setgov log prove entry "$seq" | cmp - "$HERE/p"
	same "$(judge entry "$HERE/p" "$HERE/line" "$vkey")" "$size"
	same "$(member note <"$HERE/json")" "$(member note <"$HERE/checkpoint")"
done

# The last of them, with something changed.
sed 's/"kind"/"Kind"/' "$HERE/line" >"$HERE/line.bad"
refuses entry "$HERE/p" "$HERE/line.bad" "$vkey"
sed "s/^index .*/index 3/" "$HERE/p" >"$HERE/p.bad"
refuses entry "$HERE/p.bad" "$HERE/line" "$vkey"
sed '4s/^./-/' "$HERE/p" >"$HERE/p.bad"
refuses entry "$HERE/p.bad" "$HERE/line" "$vkey"
sed "s/^$size\$/$((size + 1))/" "$HERE/p" >"$HERE/p.bad"
refuses entry "$HERE/p.bad" "$HERE/line" "$vkey"

for old in 1 2 3 128 255 256 257 512 999 "$size"; do
	setgov log prove consistency "$old" "$size" --json -o "$HERE/g" >"$HERE/json"
	root=$(member oldRoot <"$HERE/json")
	same "$(judge growth "$HERE/g" "$root" "$vkey")" "$size"
	refuses growth "$HERE/g" "${root/[0-9]/f}" "$vkey"
done

# Without a signature over that size there is no file, and the hashes alone say so.
said=0
setgov log prove entry 3 --size 5 >"$HERE/out" 2>&1 || said=$?
same "$said" 3
grep -q "no checkpoint over 5 lines" "$HERE/out" || { cat "$HERE/out" >&2; exit 1; }
same "$(setgov log prove entry 3 --size 5 --json | member note)" null
for wrong in "entry $size" "entry 3 --size 3" "entry 3 --size $((size + 1))" "consistency 5 4" "consistency 1 $((size + 1))" "entry 1 2"; do
	said=0
	# shellcheck disable=SC2086
	setgov log prove $wrong >"$HERE/out" 2>&1 || said=$?
	same "$said" 2
done
