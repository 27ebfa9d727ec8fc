#!/usr/bin/env bash
# The auditor's recount: an export against a node, both ways. What came before the log, what the log has and the chain has not,
# what happened on chain without the log, an export that was edited, samples that anybody can draw again.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
url=$(cat "$HERE/rpc-url")
block() { rpc eth_blockNumber | field result | xargs printf '%d\n'; }
first=$(($(block) + 1))
audit() { (cd "$HERE" && "$setgov" audit "$HERE/export" --rpc "$url" "$@"); }

console draft sequencer.rotate "old=$OLD" "new=$NEW" --title "Rotate" --reason "Quarterly" >/dev/null
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
snapshot=$(rpc evm_snapshot | field result)
warp 86400
agree SC-1 execute 1 2 3
expect 0 "as intended" submit SC-1 execute
console draft safe.swap-owner "old=$(address_of signer-5)" "new=$NEW" --title "Replace p5" --reason "Left" >/dev/null
console propose SC-2 >/dev/null
agree SC-2 execute 1 2 3
submit SC-2 execute >/dev/null
console log export "$HERE/export" >/dev/null

# From block 0 on, with nothing left out: what made the deployment came before the log, and is no difference.
audit --seed 2026 --json >"$HERE/audit.json"
counts() { node -e '
	const c = JSON.parse(require("fs").readFileSync(process.argv[1])).counts;
	console.log(c.map((p) => [p.chain, p.before, p.both, p.chainAlone, p.logAlone].join(",")).join(" "));' "$1"; }
same "$(counts "$HERE/audit.json")" \
	"3,0,3,0,0 0,0,0,0,0 0,0,0,0,0 1,0,1,0,0 1,0,1,0,0 0,0,0,0,0 6,6,0,0,0 5,5,0,0,0 9,7,2,0,0 0,0,0,0,0 8,4,4,0,0"
same "$(node -e 'const a = JSON.parse(require("fs").readFileSync(process.argv[1]));
	console.log(a.before.length, a.differences.length, a.began.block, [...a.anchors, ...a.opening, ...a.counters].filter((f) => f.verdict !== "ok").length)' \
	"$HERE/audit.json")" "22 0 $((first - 1)) 0"
expect 0 "Blocks 0 to $(block); the log began after block $((first - 1)): line 0 names it" audit
grep -q "ok       salts of 1 operations are roots of this log; block 26 (SC-1) has seen its first 3 lines" "$HERE/out"
grep -q "NOT CHECKED: lines 3 to 25 against the chain: no salt in these blocks is over them" "$HERE/out"
grep -q "BEFORE  owner changes: block 4, .* (safe): SafeSetup(" "$HERE/out"
grep -q "BEFORE  role changes: block 5, .* (timelock): RoleGranted(proposer, 0x[0-9a-fA-F]* (safe), " "$HERE/out"
grep -q "ok       owners of the Safe: the profile's 5 and nobody else$" "$HERE/out"
grep -q "ok       owners who have to sign: 3; the profile says 3$" "$HERE/out"
grep -q "ok       admin of the timelock: 0x[0-9a-fA-F]* (the timelock)$" "$HERE/out"
# The same over a part of it; and where somebody says that the log is older than it says.
audit --from "$first" --json >"$HERE/part.json"
same "$(counts "$HERE/part.json")" \
	"3,0,3,0,0 0,0,0,0,0 0,0,0,0,0 1,0,1,0,0 1,0,1,0,0 0,0,0,0,0 0,0,0,0,0 0,0,0,0,0 2,0,2,0,0 0,0,0,0,0 4,0,4,0,0"
expect 1 "ONLY ON CHAIN  owner changes: block " audit --began 10
grep -q "NOT CHECKED: what the profile of line 0 claims, in block 10: " "$HERE/out" ||
	grep -q "DIFFERS  .* (registry): no contract was there" "$HERE/out" || fail "block 10 is as the profile has it"
expect 2 "--began" audit --began never
# Samples are the order of SHA-256("SEED LINE") over the steps that the log says are on chain (docs/auditing.md, 1.10): whoever
# has the lines and the seed draws the same, with other tools; and again.
node -e '
	const { readFileSync } = require("fs"), { createHash } = require("crypto"), [file, seed] = process.argv.slice(1);
	const steps = readFileSync(file, "utf8").trim().split("\n").map(JSON.parse).filter((l) => l.kind === "step.mined");
	const order = (l) => createHash("sha256").update(`${seed} ${l.seq}`).digest("hex");
	for (const l of steps.sort((x, y) => (order(x) < order(y) ? -1 : 1)).slice(0, 25)) console.log(l.seq, l.change, l.body.step);
	' "$HERE/export/lines.jsonl" 2026 >"$HERE/drawn"
same "$(wc -l <"$HERE/drawn")" 3
samples() { node -e 'for (const s of JSON.parse(require("fs").readFileSync(process.argv[1])).samples) console.log(s.seq, s.change, s.step)' "$1"; }
same "$(samples "$HERE/audit.json")" "$(cat "$HERE/drawn")"
same "$(audit --seed 2026 --json)" "$(cat "$HERE/audit.json")"
audit --seed 'die Würfel 4 1' --json >"$HERE/other.json"
same "$(samples "$HERE/other.json" | cut -d' ' -f1 | xargs)" "$(for s in $(cut -d' ' -f1 "$HERE/drawn"); do
	echo "$(printf 'die Würfel 4 1 %s' "$s" | sha256sum | cut -c1-64) $s"; done | sort | cut -d' ' -f2 | xargs)"
expect 0 "NOT CHECKED: the key is the export's own" audit
expect 0 "Nothing differs." audit --vkey "$(cat "$HERE/export/log.vkey")"
grep -q "the key is the export's own" "$HERE/out" && fail "the key was given"

# A log that was opened where no node answered has only its clock; no step of its own can be older than it.
node -e 'const fs = require("fs"), d = JSON.parse(fs.readFileSync(process.argv[1])); d.local.endpoints = [];
	fs.writeFileSync(process.argv[2], JSON.stringify(d))' "$HERE/deployment.json" "$HERE/alone.json"
expect 0 "The line names no block of the chain: the profile names no node to ask" "$setgov" -C "$HERE/alone" init --deployment "$HERE/alone.json"
"$setgov" -C "$HERE/alone" log export "$HERE/export-alone" >/dev/null
"$setgov" audit "$HERE/export-alone" --rpc "$url" >"$HERE/out" || true
grep -q "the log began after block [0-9]*: by the clock of line 0" "$HERE/out" || fail "$(head -n 5 "$HERE/out")"

# It was opened after an owner was replaced, and its profile is older than that.
expect 1 "DIFFERS  owners of the Safe: not those of the profile, but 0x" "$setgov" audit "$HERE/export-alone" --rpc "$url" --began "$(block)"

# What an export withholds it names, with the line and the reason; an audit says what cannot be checked for that, and what had
# no reason to be withheld.
printf 'Ada is ill' >"$HERE/note.txt"
private=$(sha256sum "$HERE/note.txt" | cut -c1-64)
console draft registry.pause --title "Drill" --reason "Training" --attach-private "$HERE/note.txt" >/dev/null
console propose SC-3 >/dev/null
agree SC-3 schedule 4
rm -rf "$HERE/export"
console log export "$HERE/export" >"$HERE/exported"
said() { jq -r "select(.kind == \"$1\" and .change == \"$2\") | $3" "$HERE/export/lines.jsonl" | head -n 1; }
drafted=$(said change.drafted SC-3 .seq) signed=$(said signature.added SC-3 .seq) mine=$(said signature.added SC-3 .body.signature)
receipt=$(said step.mined SC-1 .body.receipt) used=$(said signature.added SC-1 .body.signature)
attached="withheld: $private, attachments in change.drafted of SC-3 (line $drafted), private: it was attached as personal data"
given="withheld: $mine, signature of p4 for schedule of SC-3 (line $signed), bearer: it was not used on chain yet, and whoever has it could use it"
grep -q ", 2 withheld, root " "$HERE/exported"
grep -qF "  $attached" "$HERE/exported" && grep -qF "  $given" "$HERE/exported" || fail "$(cat "$HERE/exported")"
console log export --tiles "$HERE/tiles" --json >"$HERE/exported"
same "$(jq -r '.withheld[] | "\(.class) \(.line) \(.sha256)"' "$HERE/exported" | sort)" "$(printf '%s\n' "bearer $signed $mine" "private $drafted $private" | sort)"
same "$(console log show --full | grep -o '"kind":"log.exported".*"withheld":[0-9]*' | grep -o '[0-9]*$' | xargs)" "0 2 2"
expect 0 "NOT CHECKED: $attached, which is in no export; what it says is not shown; ask to see it, and hash it" audit
expect 0 "NOT CHECKED: $given; that it was given, and by whom, is the operator's word; nothing on chain rests on it" audit
cp -r "$HERE/export" "$HERE/full"
mv "$HERE/export/blobs/$receipt" "$HERE/receipt"
expect 1 "DIFFERS  blob $receipt, which line 9 names, is neither there nor said to be withheld" audit
sed -i "s/\"withheld\":\[/&{\"class\":\"private\",\"sha256\":\"$receipt\"},{\"class\":\"bearer\",\"sha256\":\"$used\"},{\"class\":\"erased\",\"sha256\":\"$private\"},/; s/{\"class\":\"private\",\"sha256\":\"$private\"}/{\"class\":\"archived\",\"sha256\":\"${private//[0-9]/a}\"}/" "$HERE/export/manifest.json"
expect 1 "DIFFERS  withheld without a reason: $receipt, receipt in step.mined of SC-1 (line 9), private: " audit
grep -q "; but an export always has it$" "$HERE/out"
grep -q "DIFFERS  withheld without a reason: $used, .*; but what it is for is on chain, so nobody could use it any more$" "$HERE/out"
grep -q "DIFFERS  withheld without a reason: $private, .*; but no line says that it was erased$" "$HERE/out"
grep -q "a blob that no line names, archived: .*; but no line says that anything was archived$" "$HERE/out"
echo x >>"$HERE/receipt"
rm -r "$HERE/export" && cp -r "$HERE/full" "$HERE/export" && cp "$HERE/receipt" "$HERE/export/blobs/$receipt"
expect 1 "DIFFERS  blob $receipt, which line 9 names, is something else" audit
sed -i "s/\"lines\":{\"count\":[0-9]*,\"sha256\":\"/&0/; s/\(\"sha256\":\"0[0-9a-f]\{63\}\)[0-9a-f]\"/\1\"/" "$HERE/export/manifest.json"
expect 1 "DIFFERS  lines.jsonl is not the file that the manifest names" audit
rm -r "$HERE/export" && mv "$HERE/full" "$HERE/export"

# Behind everybody's back. What the log answered it with, a direct change, is the log's; what it answered is not.
operation=$(node tests/support/stranger.mjs operation "$url" "$HERE/deployment.json")
mv "$HERE/export" "$HERE/before"
agree SC-3 schedule 1 2
submit SC-3 schedule >/dev/null
console draft timelock.cancel "operation=$operation" --title "Stop it" --reason "Not ours" >/dev/null
console propose SC-4 >/dev/null
agree SC-4 execute 1 2 3
submit SC-4 execute >/dev/null
console log export "$HERE/export" >/dev/null
audit --from "$first" --json >"$HERE/audit.json" || true
same "$(counts "$HERE/audit.json" | cut -d ' ' -f 4-6)" "3,0,2,1,0 1,0,1,0,0 1,0,1,0,0"
rm -r "$HERE/export"
mv "$HERE/before" "$HERE/export"
expect 1 "ONLY ON CHAIN  operations cancelled: block " audit
node tests/support/stranger.mjs safe-tx "$url" "$HERE/deployment.json" >/dev/null
expect 1 "ONLY ON CHAIN  operations scheduled: block " audit
expect 1 "ONLY ON CHAIN  Safe transactions: block " audit
expect 1 "ONLY ON CHAIN  role changes: block " audit
expect 1 "ONLY ON CHAIN  approvals on chain: block " audit
node tests/support/stranger.mjs upheaval "$url" "$HERE/deployment.json" >/dev/null
for what in upgrades pauses "owner changes" "role changes"; do expect 1 "ONLY ON CHAIN  $what: block " audit; done

# A chain on which it never happened: the log alone has it.
rpc evm_revert "[\"$snapshot\"]" >/dev/null
for _ in $(seq 20); do rpc evm_mine >/dev/null; done
expect 1 "DIFFERS  operation of SC-1 (line 3): scheduled by the timelock, done by the log" audit
expect 1 "ONLY IN THE LOG  Safe transactions: block " audit
expect 1 "execute of SC-1" audit
expect 1 "ONLY IN THE LOG  operations executed: block " audit
expect 1 "ONLY IN THE LOG  owner changes: block " audit
expect 1 "execute of SC-2: swapOwner(address,address,address)" audit
audit --from "$first" --json >"$HERE/audit.json" || true
same "$(counts "$HERE/audit.json")" \
	"1,0,1,0,2 0,0,0,0,0 0,0,0,0,0 1,0,1,0,0 0,0,0,0,1 0,0,0,0,0 0,0,0,0,0 0,0,0,0,0 0,0,0,0,1 0,0,0,0,0 0,0,0,0,4"

# A transaction of the Safe that is booked under other calls than it made, by whoever has the log's key.
expect 1 "ok       transactions of the Safe whose safeTxHash is that of what was proposed: $(grep -c '"kind":"step.mined"' "$HERE/export/lines.jsonl")" audit
cp -r "$HERE/export" "$HERE/good"
proposal=$(jq -c 'select(.kind == "change.proposed" and .change == "SC-2")' "$HERE/export/lines.jsonl")
data=$(jq -r '.body.calls[0].data' <<<"$proposal")
node tests/support/forge_export.mjs "$HERE/export" edit "$(jq .seq <<<"$proposal")" "$data" "${data%????}beef"
node tests/support/cosign.mjs resign "$HERE/console/log.key" "$HERE/export/checkpoint" >"$HERE/signed"
cp "$HERE/signed" "$HERE/export/checkpoint"
expect 1 "has a transaction of the Safe that is not what SC-2 proposed (execute): its safeTxHash is another" audit
rm -r "$HERE/export"
cp -r "$HERE/good" "$HERE/export"

# An export that somebody edited, cut, or signed himself.
sed -i '5s/"kind":"[a-z.]*"/"kind":"change.drafted"/' "$HERE/export/lines.jsonl"
expect 1 "[EXPORT] line 5 does not continue the line before it" audit
cp "$HERE/good/lines.jsonl" "$HERE/export/lines.jsonl"
sed -i '$d' "$HERE/export/lines.jsonl"
sed -i '$d' "$HERE/export/lines.jsonl"
expect 1 "[EXPORT] the checkpoint is over " audit
cp "$HERE/good/lines.jsonl" "$HERE/export/lines.jsonl"
key=$(cat "$HERE/export/log.vkey")
expect 1 "log.vkey, byte" audit --vkey "${key%?}x"
