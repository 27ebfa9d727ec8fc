#!/usr/bin/env bash
# A policy on a real chain: refused at propose, at sign and before submit, with the reason; the console and the offline
# signer say the same of a packet, byte for byte; cancelling and revoking are never held up.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
A=0x14dC79964da2C08b23698B3D3cc7Ca32193d9955
B=0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f
draft() { console draft "$@" --title T --reason R --ticket https://tickets.example/1 >/dev/null; }

# Without a policy everything is as before.
draft sequencer.authorize sequencer=$A
shows_key SC-1 $A_KEY
console propose SC-1 | among Policy && fail "a verdict without a policy"

# edit JS: policies/set-chain-mainnet.json, changed, becomes the workspace's
adopt() {
	node -e 'const fs=require("fs");const p=JSON.parse(fs.readFileSync("policies/set-chain-mainnet.json","utf8"));
		const rule=(n)=>p.rules.find((r)=>r.name===n);const drop=(n)=>{p.rules=p.rules.filter((r)=>r.name!==n&&r.rule!==n)};
		eval(process.argv[1]);fs.writeFileSync(process.argv[2],JSON.stringify(p,null,2)+"\n")' \
		"$1" "$HERE/console/policy.json"
}
pin_everywhere() {
	local digest n
	digest=$(console policy show --json | field digest)
	for n in 1 2 3 4 5; do
		signer_run "$n" trust-policy "$HERE/console/policy.json" --expect "$digest" >/dev/null
	done
	"$signer" trust-policy "$HERE/console/policy.json" --expect "$digest" --home "$HERE/payer" >/dev/null
}
# What this chain cannot show: when it is started, and how far its safe head lags. Scripts compare with nobody.
adopt 'drop("freeze");drop("safe-head");drop("compare")'
pin_everywhere
console policy lint | among "^0 errors" || fail "lint: $(console policy lint | grep ^error)"

# At propose what has failed is refused, and why.
draft paymaster.create-tier name=gold "perTx=2 ether" "perDay=10 ether" "perMonth=50 ether"
expect 1 "new-tier-limits: perTx is 2000000000000000000, at most 1000000000000000000 is allowed" console propose SC-2
console draft sequencer.authorize sequencer=$A --title T --reason R >/dev/null
expect 1 "[POLICY] failed: words: missing: ticket" console propose SC-3
draft contract.upgrade contract=registry implementation=$A --delay 48h --impact I --rollback R
expect 1 "listed-code: there is no code at" console propose SC-4
draft safe.enable-module module=$A
expect 1 "default-deny: safe.enable-module: no rule allows it" console propose SC-5

# Proposed, signed by three: three are enough here; before that, submit says who is missing.
draft sequencer.authorize sequencer=$B
expect 1 "new-sequencers: nobody has shown to have the key of $B" console propose SC-6
shows_key SC-6 $B_KEY
console propose SC-6 | among "three-of-five: 3 signatures are needed, there are 0: nobody" || fail "nothing pending"
packet SC-6 schedule
one=$(console policy check --packet "$PACKET" --json || true)
two=$(signer_run 1 review "$PACKET" --json | node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0,"utf8")).policy[0],null,2))')
same "$one" "$two"

# Keys stay shut on a machine with a network, by the pinned policy: the signer's own observation, beside the verdict.
# Without a network (above) the same key signed under the same policy.
up() { unshare -rn "$BASH" -c 'ip tuntap add wan0 mode tap && ip link set wan0 up && exec "$@"' up "$@"; }
if up true 2>/dev/null; then
	online() { printf '%s\n' "$PASS" | { up "$signer" "$@" --home "$HERE/signer-4" 3<&0 </dev/null; }; }
	expect 1 "[ONLINE] the network interface wan0 is up: an owner's key is not used on a machine with a network (the pinned policy does not allow it)" \
		online sign "$PACKET" --expect "$HASH" --passphrase-fd 3 --compared nobody -o "$HERE/no.json"
	expect 0 "The network interface wan0 is up: owners' keys are refused, the pinned policy does not allow it." online review "$PACKET" --json
	same "$(online review "$PACKET" --json | field mayBeOnline)" false
else
	echo "SKIPPED: a network interface that is up needs a network namespace with one, which this kernel does not allow"
fi

agree SC-6 schedule 1 2
expect 1 "" submit SC-6 schedule
agree SC-6 schedule 3
expect 0 "is on chain" submit SC-6 schedule
# Each judgement is a line: proposed, packed, sent; and what was refused.
verdicts() { console log show "$1" --json | node -e 'console.log(JSON.parse(require("fs").readFileSync(0,"utf8"))
	.map((x)=>x.line).filter((l)=>l.kind==="policy.judged").map((l)=>`${l.body.step}: ${l.body.verdict}`).join("; "))'; }
same "$(verdicts SC-6)" "null: failed; null: pending; schedule: pending; schedule: passed on the console's word"
same "$(verdicts SC-2)" "null: failed"

# Four where the policy asks for four: the Safe would do with three.
draft timelock.grant-role role=canceller account=$A
expect 1 "new-role-holders: nobody has shown to have the key of $A" console propose SC-7
shows_key SC-7 $A_KEY
console propose SC-7 >/dev/null
agree SC-7 schedule 1 2 3
expect 1 "critical-signers: 4 signatures are needed, there are 3: p1, p2, p3; the Safe asks for 3" submit SC-7 schedule
same "$(verdicts SC-7)" "null: failed; null: pending; schedule: pending; schedule: pending"
# What is critical wants proof that the Safe has neither module nor guard: the fourth has the block's hash from elsewhere.
packet SC-7 schedule
sign 4 >/dev/null
console collect $(answers) >/dev/null
expect 1 "[POLICY] not proven: no-modules: safe.modules is []; to be proven, and the console's word: safe.modules; no-guard:" \
	submit SC-7 schedule
signer_run 4 sign "$PACKET" --expect "$HASH" --passphrase-fd 3 --compared nobody -o "$HERE/stick/proven.answer.json" \
	--block-hash "$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).evidence.block.hash)' "$PACKET")" >/dev/null
console collect "$HERE/stick/proven.answer.json" >/dev/null
expect 0 "is on chain" submit SC-7 schedule

# The policy gets stricter. A freeze holds up an edit, never a revoke or a cancel.
adopt 'drop("safe-head");drop("compare");rule("freeze").windows=[{days:["mon","tue","wed","thu","fri","sat","sun"],from:"00:00",to:"24:00"}]'
pin_everywhere
draft sequencer.revoke sequencer=$B
console propose SC-8 >/dev/null
agree SC-8 schedule 1 2 3
expect 0 "is on chain" submit SC-8 schedule
agree SC-8 cancel 1 2 3
expect 0 "is on chain" submit SC-8 cancel
draft sequencer.authorize sequencer=$A
shows_key SC-9 $A_KEY
console propose SC-9 >/dev/null
agree SC-9 schedule 1 2 3
expect 1 "[POLICY] pending: freeze: it is" submit SC-9 schedule

# What was proposed is judged under the policy of then, too, whatever replaces it.
adopt 'drop("freeze");drop("safe-head");drop("compare")'
expect 1 "[POLICY] pending: freeze: it is" submit SC-9 schedule

# A packet under another policy, or none, is refused by who pinned one.
packet SC-1 schedule
expect 1 "core.policy: [POLICY] found none, one is pinned" signer_run 1 review "$PACKET"

# A policy that the journal has and the machine has not any more stops that machine.
rm "$HERE"/signer-2/pins/*.policy
expect 1 "is not on this machine any more" signer_run 2 review "$PACKET"

# A slip in the file is located.
adopt 'rule("delay").delay="soon"'
expect 3 "policy.json:" console policy show

# Each verdict in the log is judged again from the policy and the facts that went with it, and from what proved them: the
# owner who had the block's hash is named by the verdict that let SC-7 go.
console log show SC-7 --json | node -e 'const all=JSON.parse(require("fs").readFileSync(0,"utf8")).map((x)=>x.line);
	const judged=all.filter((l)=>l.kind==="policy.judged");process.exit(judged.at(-1).body.evidence===
	all.filter((l)=>l.kind==="step.packed").at(-1).body.evidence&&judged[0].body.evidence===null?0:1)' ||
	fail "nothing says what proved it"
expect 0 "checked verdicts: $(console log show --json | grep -c '"kind": "policy.judged"') judged again" console log verify
