#!/usr/bin/env bash
# A rule that wants proof, on a real chain: the verdict of a packet is the console's word for everybody; an owner who has
# the block's hash from elsewhere says so in the answer; submit refuses until one did, what has changed since, and what is
# too old.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
A=0x14dC79964da2C08b23698B3D3cc7Ca32193d9955
WORD="to be proven, and the console's word"

node -e 'const fs=require("fs");const p=JSON.parse(fs.readFileSync("policies/set-chain-devnet.json","utf8"));
	const proven=(name,fact,is)=>p.rules.push({name,why:"w",kind:"fact",fact,is,source:"proven",maxAge:"7 days"});
	proven("no-modules","safe.modules",[]);
	proven("no-guard","safe.guard","0x0000000000000000000000000000000000000000");
	proven("safe-decides","timelock.safe-is-proposer",true);
	proven("not-yet","action.before[0]","false");
	p.rules[p.rules.length-1].for={actions:["sequencer.authorize"]};
	proven("owner","owner.registry",process.argv[2]);
	fs.writeFileSync(process.argv[1],JSON.stringify(p))' "$HERE/console/policy.json" \
	"$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).identity.timelock)' "$HERE/deployment.json")"
DIGEST=$(console policy show --json | field digest)
for n in 1 2 3 4 5; do signer_run "$n" trust-policy "$HERE/console/policy.json" --expect "$DIGEST" >/dev/null; done
"$signer" trust-policy "$HERE/console/policy.json" --expect "$DIGEST" --home "$HERE/payer" >/dev/null
console draft sequencer.authorize sequencer=$A --title T --reason R --ticket https://tickets.example/1 >/dev/null
console propose SC-1 >/dev/null

# The same verdict for who has the hash and who has not; what this machine sees stands beside it.
packet SC-1 schedule
BLOCK=$(rpc eth_getBlockByNumber '["latest",false]' | field hash)
verdict() { node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0,"utf8")).policy[0],null,2))'; }
one=$(console policy check --packet "$PACKET" --json || true)
same "$one" "$(signer_run 1 review "$PACKET" --json | verdict)"
same "$one" "$(signer_run 1 review "$PACKET" --json --block-hash "$BLOCK" | verdict)"
echo "$one" | among -F "safe.modules is []; $WORD: safe.modules" || { echo "$one"; fail "no word"; }
expect 0 "no-modules has to be proven: one owner at least has to give --block-hash." signer_run 1 review "$PACKET" --plain
expect 0 "no-modules, by the hash that you gave: proven: safe.modules is []" \
	signer_run 1 review "$PACKET" --plain --block-hash "$BLOCK"

# Three who had nothing to hold it against do not make it proven.
for n in 1 2 3; do sign "$n" >/dev/null; done
console collect $(answers) >/dev/null
expect 1 "[POLICY] not proven: no-modules: safe.modules is []; $WORD: safe.modules; no-guard:" submit SC-1 schedule
grep -qF "not-yet: action[0].before[0] is \"false\"; $WORD: action[0].before[0]" "$HERE/out" || fail "no entry of the allowlist"

# One owner signs again, with the hash: the signature is known, that it was held against the chain is new.
with_hash() { signer_run "$1" sign "$PACKET" --expect "$HASH" --passphrase-fd 3 --compared nobody --block-hash "$BLOCK" \
	-o "${PACKET%.json}.again$2.answer.json" >/dev/null; }
with_hash 2 1
same "$(field blockHash <"${PACKET%.json}.again1.answer.json")" "$BLOCK"
expect 0 "had the hash of the newer evidence's block" console collect "${PACKET%.json}.again1.answer.json"
expect 0 "known already" console collect "${PACKET%.json}.again1.answer.json"
same "$(lines_of SC-1 block.vouched)" 1
expect 0 "passed: no-modules: safe.modules is []" console policy check SC-1 --step schedule

# A week later it is stale, and named; new evidence and one more look make it good.
warp 604801
expect 1 "[POLICY] failed: no-modules: the proof of safe.modules is stale: block" submit SC-1 schedule
grep -q "at most 7 days is allowed" "$HERE/out" || { cat "$HERE/out"; fail "no age"; }
packet SC-1 schedule --refresh
BLOCK=$(rpc eth_getBlockByNumber '["latest",false]' | field hash)
expect 1 "not proven: no-modules" submit SC-1 schedule
with_hash 2 2
console collect "${PACKET%.json}.again2.answer.json" >/dev/null
same "$(lines_of SC-1 block.vouched)" 2
expect 0 "is on chain" submit SC-1 schedule

# A packet without proofs can prove nothing.
warp 86401
packet SC-1 execute
node -e 'const fs=require("fs"),c=require("crypto");const canonical=(v)=>Array.isArray(v)?"["+v.map(canonical).join(",")+"]":v&&typeof v==="object"
	?"{"+Object.keys(v).sort().map((k)=>JSON.stringify(k)+":"+canonical(v[k])).join(",")+"}":JSON.stringify(v);
	const p=JSON.parse(fs.readFileSync(process.argv[1]));delete p.evidence.proofs;
	p.core.evidence=c.createHash("sha256").update(canonical(p.evidence)).digest("hex");fs.writeFileSync(process.argv[2],canonical(p))' \
	"$PACKET" "$HERE/bare.json"
expect 0 "no-modules has to be proven, and the packet carries no proofs" \
	signer_run 1 review "$HERE/bare.json" --plain

# Whose answer the log has in the first place may have had the hash then.
BLOCK=$(rpc eth_getBlockByNumber '["latest",false]' | field hash)
for n in 1 3; do sign "$n" >/dev/null; done
with_hash 2 3
console collect $(answers) "${PACKET%.json}.again3.answer.json" >/dev/null
same "$(lines_of SC-1 block.vouched)" 2
expect 0 "is on chain" submit SC-1 execute
same "$(state_of SC-1)" executed
expect 0 "" console log verify
