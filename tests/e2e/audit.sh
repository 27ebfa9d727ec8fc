#!/usr/bin/env bash
# The auditor's recount: an export against a node, both ways. What the log has and the chain has not, what happened on
# chain without the log, an export that was edited, samples that anybody can draw again.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
url=$(cat "$HERE/rpc-url")
block() { rpc eth_blockNumber | field result | xargs printf '%d\n'; }
first=$(($(block) + 1))
audit() { (cd "$HERE" && "$setgov" audit "$HERE/export" --rpc "$url" --from "$first" "$@"); }

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

audit --seed 2026 --json >"$HERE/audit.json"
counts() { node -e '
	const c = JSON.parse(require("fs").readFileSync(process.argv[1])).counts;
	console.log(c.map((p) => [p.chain, p.both, p.chainAlone, p.logAlone].join(",")).join(" "));' "$1"; }
same "$(counts "$HERE/audit.json")" "3,3,0,0 1,1,0,0 1,1,0,0 0,0,0,0 0,0,0,0 0,0,0,0 2,2,0,0"
# Samples are the order of SHA-256("SEED SEQ"), which sha256sum knows too.
seqs=$(node -e 'for (const s of JSON.parse(require("fs").readFileSync(process.argv[1])).samples) console.log(s.seq)' "$HERE/audit.json")
same "$seqs" "$(for s in $(sort -n <<<"$seqs"); do echo "$(printf '2026 %s' "$s" | sha256sum | cut -c1-64) $s"; done | sort | cut -d' ' -f2)"
same "$(audit --seed 2026 --json)" "$(cat "$HERE/audit.json")"
expect 0 "NOT CHECKED: the key is the export's own" audit
expect 0 "Blocks $first to " audit --vkey "$(cat "$HERE/export/log.vkey")"

# Before the range there is the deployment itself, which no log of ours did.
expect 1 "ONLY ON CHAIN  role changes: block " "$setgov" audit "$HERE/export" --rpc "$url"
# Behind everybody's back.
node tests/support/stranger.mjs operation "$url" "$HERE/deployment.json" >/dev/null
node tests/support/stranger.mjs safe-tx "$url" "$HERE/deployment.json" >/dev/null
expect 1 "ONLY ON CHAIN  operations scheduled: block " audit
expect 1 "ONLY ON CHAIN  Safe transactions: block " audit
expect 1 "ONLY ON CHAIN  role changes: block " audit

# A chain on which it never happened: the log alone has it.
rpc evm_revert "[\"$snapshot\"]" >/dev/null
for _ in $(seq 20); do rpc evm_mine >/dev/null; done
expect 1 "ONLY IN THE LOG  Safe transactions: block " audit
expect 1 "execute of SC-1" audit
expect 1 "ONLY IN THE LOG  operations executed: block " audit
expect 1 "ONLY IN THE LOG  owner changes: block " audit
expect 1 "execute of SC-2: swapOwner(address,address,address)" audit
audit --json >"$HERE/audit.json" || true
same "$(counts "$HERE/audit.json")" "1,1,0,2 1,1,0,0 0,0,0,1 0,0,0,0 0,0,0,0 0,0,0,0 0,0,0,1"

# An export that somebody edited, cut, or signed himself.
cp -r "$HERE/export" "$HERE/good"
sed -i '5s/"kind":"[a-z.]*"/"kind":"change.drafted"/' "$HERE/export/lines.jsonl"
expect 1 "[EXPORT] line 5 does not continue the line before it" audit
cp "$HERE/good/lines.jsonl" "$HERE/export/lines.jsonl"
sed -i '$d' "$HERE/export/lines.jsonl"
sed -i '$d' "$HERE/export/lines.jsonl"
expect 1 "[EXPORT] the checkpoint is over " audit
cp "$HERE/good/lines.jsonl" "$HERE/export/lines.jsonl"
key=$(cat "$HERE/export/log.vkey")
expect 1 "log.vkey, byte" audit --vkey "${key%?}x"
