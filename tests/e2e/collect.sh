#!/usr/bin/env bash
# What collect does with everything that is not a good signature: refused with its own reason, and logged.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null
packet SC-1 schedule
sign 1 >/dev/null
sign 2 >/dev/null
one=${PACKET%.json}.p1.answer.json
two=${PACKET%.json}.p2.answer.json

# edit FILE EXPRESSION: the answer with something changed in it
edit() { node -e 'const fs = require("fs"), a = JSON.parse(fs.readFileSync(process.argv[1])); eval(process.argv[2]); const sort = (v) => v && typeof v === "object" && !Array.isArray(v) ? Object.fromEntries(Object.keys(v).sort().map((k) => [k, sort(v[k])])) : v; fs.writeFileSync(process.argv[3], JSON.stringify(sort(a)) + "\n")' "$1" "$2" "$HERE/edited.json"; }
refused() { # refused CODE EXPRESSION
	edit "$one" "$2"
	expect 1 "[$1]" console collect "$HERE/edited.json"
}
refused ETH-SIGN 'a.signature = a.signature.slice(0, 130) + (parseInt(a.signature.slice(130), 16) + 4).toString(16)'
refused NOT-OWNER 'a.signature = a.signature.slice(0, 90) + (a.signature[90] === "0" ? "1" : "0") + a.signature.slice(91)'
refused HIGH-S 'const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n; const s = n - BigInt("0x" + a.signature.slice(66, 130)); a.signature = a.signature.slice(0, 66) + s.toString(16).padStart(64, "0") + (a.signature.slice(130) === "1b" ? "1c" : "1b")'
refused STALE 'a.safeTxHash = "0x" + "11".repeat(32)'
refused PACKET 'a.packetDigest = "22".repeat(32)'
refused DEPLOYMENT 'a.deployment = "33".repeat(32)'
refused WRONG-OWNER "a.owner = \"$(address_of signer-2)\""
refused MALFORMED 'a.surprise = 1'
same "$(lines_of SC-1 signature.added)" 0
console log show --json >"$HERE/log"
same "$(grep -c '"kind": "signature.refused"' "$HERE/log")" 8

for n in 1 7 40 200; do
	head -c "$n" "$one" >"$HERE/cut"
	expect 1 "refused" console collect "$HERE/cut"
done
expect 3 "no-such-file" console collect "$HERE/no-such-file"

# The good ones still go in; packets bring their signatures along; bare signatures find their step by themselves.
expect 0 "1 added" console collect "$one"
expect 0 "the stick can be removed" console packet SC-1 --step schedule -o "$HERE/with-one.json"
expect 0 "1 known" console collect "$HERE/with-one.json"
field signature <"$two" >"$HERE/bare.hex"
expect 0 "SC-1 schedule: 2 of 3 signatures" console collect "$HERE/bare.hex"
! grep -q "Next:" "$HERE/out" || fail "two are enough"
sign 3 >/dev/null
node -e 'process.stdout.write(Buffer.from(process.argv[1].slice(2), "hex"))' "$(field signature <"${PACKET%.json}.p3.answer.json")" >"$HERE/bare.bin"
expect 0 "Next: setgov submit SC-1 schedule --from KEYFILE" console collect "$HERE/bare.bin"
expect 0 "1 known" console collect "$HERE/bare.bin"
same "$(lines_of SC-1 signature.added)" 3

# Of a directory what is called an answer or a signature is taken, and nothing else.
mkdir "$HERE/back"
cp "$one" "$HERE/back/1.answer.json"
cp "$HERE/bare.bin" "$HERE/back/2.sig"
echo "no answer" >"$HERE/back/notes.txt"
expect 0 "0 added, 2 known" console collect "$HERE/back"
# Whoever fills the stick leads nobody to a file of his own: its words would stand in the log for good
echo '{"secret-of-ours":1}' >"$HERE/private.json"
ln -s "$HERE/private.json" "$HERE/back/3.answer.json"
head_before=$(console log show --json | sha256sum)
expect 4 "a symbolic link is not followed" console collect "$HERE/back"
same "$(console log show --json | sha256sum)" "$head_before"
rm "$HERE/back/3.answer.json"
mkdir "$HERE/back/full"
(cd "$HERE/back/full" && seq -f "%.0f.sig" 4097 | xargs touch)
expect 3 "more than 4096 answers" console collect "$HERE/back/full"

# A person's no is kept, once.
signer_run 4 decline "$PACKET" --reason "the new key is not ours" -o "$HERE/no.json" >/dev/null
expect 0 "the new key is not ours" console collect "$HERE/no.json"
expect 0 "1 known" console collect "$HERE/no.json"
same "$(lines_of SC-1 answer.declined)" 1
console collect "$HERE/no.json" --json >"$HERE/no.result"
same "$(field result <"$HERE/no.result")" known

# The same document through another wallet: cast signs what --typed-data writes.
cast=contracts/node_modules/@foundry-rs/cast-linux-amd64/bin/cast
console packet SC-1 --step schedule --typed-data -o "$HERE/typed.json"
if [ -x "$cast" ]; then
	"$cast" wallet sign --keystore "$(ls "$HERE"/signer-5/keys/*.json)" --password "$PASS" --data --from-file "$HERE/typed.json" >"$HERE/cast.hex"
	expect 0 "1 added" console collect "$HERE/cast.hex"
else
	echo "SKIPPED: cast is not installed: its signature was not tried"
fi
expect 0 "is on chain" submit SC-1 schedule
expect 0 "The log is whole" console log verify
