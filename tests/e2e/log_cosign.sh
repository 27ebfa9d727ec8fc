#!/usr/bin/env bash
# Owners vouch for the log offline, witnesses with other people's format; what they say is judged by ethers and by node.
# A shorter log, another history and a stranger's word are refused by name.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
safe=$(field safe <"$HERE/deployment.json")
chain=$(field chainId <"$HERE/deployment.json")
cosign() { # cosign N NOTE OUT [option…]
	local n=$1 note=$2 out=$3
	shift 3
	signer_run "$n" cosign "$note" -o "$out" --passphrase-fd 3 "$@"
}
hands() { node tests/support/cosign.mjs "$@"; }

# Before it has signed anything a machine can only say what it could not check.
console log checkpoint --json >"$HERE/checkpoint.json"
field note <"$HERE/checkpoint.json" | head -c -1 >"$HERE/stick/first"
expect 0 "NOT CHECKED: this machine has signed no packet of this log" cosign 4 "$HERE/stick/first" "$HERE/stick/4.message.json"

console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2 3
console log checkpoint --json >"$HERE/checkpoint.json"
root=$(field root <"$HERE/checkpoint.json") size=$(field size <"$HERE/checkpoint.json")
field note <"$HERE/checkpoint.json" | head -c -1 >"$HERE/stick/note"
expect 0 "signed by the key that this log always had here" cosign 1 "$HERE/stick/note" "$HERE/stick/1.message.json" --expect "$root"
grep -qF "$size lines" "$HERE/out" && grep -qF "$root" "$HERE/out" || fail "the page lacks size or root"
cosign 2 "$HERE/stick/note" "$HERE/stick/2.message.json" >/dev/null
expect 1 EXPECT cosign 2 "$HERE/stick/note" "$HERE/no" --expect "${root/[0-9]/f}"
expect 1 NO-KEY cosign 2 "$HERE/stick/note" "$HERE/no" --key "$(address_of signer-1)"
expect 1 EXISTS cosign 2 "$HERE/stick/note" "$HERE/stick/2.message.json"

# Another history of the same size, and another key, are not vouched for.
other=$(printf x | openssl dgst -sha256 -binary | base64)
sed "3s|.*|$other|" "$HERE/stick/note" >"$HERE/forked"
expect 1 LOG-KEY cosign 3 "$HERE/forked" "$HERE/no"
hands resign "$HERE/console/log.key" "$HERE/forked" >"$HERE/forked.signed"
expect 1 LOG-FORK cosign 1 "$HERE/forked.signed" "$HERE/no"
sed '1s|setgov/|setgov/1|' "$HERE/stick/note" >"$HERE/foreign"
expect 1 DEPLOYMENT cosign 3 "$HERE/foreign" "$HERE/no"
[ ! -e "$HERE/no" ] || fail "something was signed"

# They come home, in any order and any number of times.
expect 0 "p1 vouches for the first $size lines" console log cosign "$HERE/stick/1.message.json"
expect 0 "p2 vouches for the first $size lines" console collect "$HERE/stick/2.message.json"
expect 0 "1 known" console collect "$HERE/stick/1.message.json"
same "$(console log show --json | grep -c '"kind": "checkpoint.cosigned"' || true)" 2

# A witness's line: known by the profile's local part, or by name on the command line.
seed=808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f
vkey=$(hands vkey $seed witness.example/site-b)
same "$vkey" "witness.example/site-b+6a4f530c+BM0Us3+VbpUxlP9/tzs9gdzFYdYadTgJS3w+GmQ+5fOq"
hands witness $seed witness.example/site-b "$HERE/stick/note" 1795000000 >"$HERE/stick/witnessed"
expect 1 WITNESS console log cosign "$HERE/stick/witnessed"
expect 0 "1 witness vouches for the first $size lines" console log cosign "$HERE/stick/witnessed" --witness "$vkey"
node -e 'const fs = require("fs"), [f, key] = process.argv.slice(1), d = JSON.parse(fs.readFileSync(f));
	(d.local ??= {}).witnesses = [key]; fs.writeFileSync(f, JSON.stringify(d));' "$HERE/console/deployment.json" "$vkey"
expect 0 "1 known" console collect "$HERE/stick/witnessed"
sed 's/ ak9TDAAAAABq/ ak9TDAAAAABr/' "$HERE/stick/witnessed" >"$HERE/bad"
cmp -s "$HERE/bad" "$HERE/stick/witnessed" && fail "nothing was changed"
expect 1 "does not verify" console log cosign "$HERE/bad"

# Refused, and logged by collect: a stranger's word, a changed one, more lines than there are.
node -e 'const fs = require("fs"), [from, to] = process.argv.slice(1);
	fs.writeFileSync(to, fs.readFileSync(from, "utf8").replace(/"size":\d+/, "\"size\":9999"));' "$HERE/stick/2.message.json" "$HERE/long"
expect 1 WRONG-OWNER console collect "$HERE/long"
expect 1 LOG-FORK console log cosign "$HERE/forked"
sed "2s/.*/9999/" "$HERE/stick/witnessed" >"$HERE/longer"
expect 1 LOG-SHORT console log cosign "$HERE/longer"
same "$(console log show --json | grep -c '"kind": "signature.refused"' || true)" 1

# What goes out, judged by other people's code.
console log checkpoint --cosigned --json >"$HERE/cosigned.json"
hands judge "$HERE/cosigned.json" "$chain" "$safe" >"$HERE/judged"
printf 'owner %s\nowner %s\nwitness witness.example/site-b\n' "$(address_of signer-1)" "$(address_of signer-2)" | cmp - "$HERE/judged"
sed -i 's/"size": [0-9]*,/"size": 1,/' "$HERE/cosigned.json"
if hands judge "$HERE/cosigned.json" "$chain" "$safe" >/dev/null; then fail "accepted"; fi
console log prove entry 0 --size "$size" | among 'witness.example/site-b' || fail "a proof without its witness"
expect 0 "The log is whole" console log verify

# A report's page is green for whoever knows two owners and the Safe, once they have cosigned its checkpoint offline.
command -v chromium >/dev/null || { echo "SKIPPED: chromium is not installed: no page was opened"; exit 0; }
console report deployment --offline -o "$HERE/page.html" >/dev/null 2>&1
node -e 'const evidence = /id="evidence">([^]*?)<.script>/.exec(require("fs").readFileSync(process.argv[1], "utf8"))[1];
	process.stdout.write(JSON.parse(evidence).checkpoint)' "$HERE/page.html" >"$HERE/stick/page.note"
given() { # given FILE…: what owners signed, for the fields of the page
	node -e 'const fs = require("fs"), [safe, cosigners, ...files] = process.argv.slice(1);
		console.log(JSON.stringify({ safe, cosigners, signatures: files.map((f) => fs.readFileSync(f, "utf8")).join("\n") }))' \
		"$chain:$safe" "$(address_of signer-1)"$'\n'"$(address_of signer-2)" "$@"
}
cosign 1 "$HERE/stick/page.note" "$HERE/stick/1.page.json" >/dev/null
expect 0 "Verified in part: lines 0 to" node tests/support/page.mjs given "$HERE/page.html" "$(given "$HERE/stick/1.page.json")"
cosign 2 "$HERE/stick/page.note" "$HERE/stick/2.page.json" >/dev/null
expect 0 "whose root 2 of the 2 cosigners that you gave signed" node tests/support/page.mjs given "$HERE/page.html" \
	"$(given "$HERE/stick/1.page.json" "$HERE/stick/2.page.json")"
