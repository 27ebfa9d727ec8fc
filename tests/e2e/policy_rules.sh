#!/usr/bin/env bash
# Every kind of rule that does not look at the clock, on a real chain: one change that passes and one that does not,
# at propose, in the packet, in the offline signer and before submit; what is said is compared whole, and the verdict of
# console and signer to the byte. Those that do are in policy_times.sh.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
. tests/support/verdicts.sh
ready
names
registry=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).identity.contracts.registry.address' "$HERE/deployment.json")
tokens=$(rpc eth_getCode "[\"$registry\",\"latest\"]" | field result)
code=$(NODE_PATH=contracts/node_modules node -p 'require("ethers").keccak256(process.argv[1])' "$tokens")

begin allow
policy '{name:"sequencers",kind:"allow",for:{actions:["sequencer.*"]}}' \
	'{name:"pause",kind:"allow",for:{actions:["call.raw"],targets:["registry"],selectors:["pause()"]}}' \
	'{name:"owner-stays",kind:"allow",for:{actions:["ownership.transfer"],args:{owner:{in:["timelock"]}}}}'
note an action that a rule allows
draft sequencer.authorize sequencer=$A
propose 0
pack schedule
withdrawn
note one that none allows
draft paymaster.create-tier name=gold "perTx=2 ether" "perDay=10 ether" "perMonth=50 ether"
propose 1
verdict 1
note a selector that is listed, and one that is not
draft call.raw to="$registry" value=0 data=0x8456cb59
propose 0
pack schedule
withdrawn
draft call.raw to="$registry" value=0 data=0x3f4ba83a
propose 1
note an argument that the rule is not for
draft ownership.transfer contract=registry owner=$A
propose 1
end

begin bounds
policy "$ANYTHING" '{name:"limits",kind:"bounds",for:{actions:["paymaster.create-tier"]},bounds:{perTx:{min:"0.1 ether",max:"1 ether"}}}' \
	'{name:"twice",kind:"bounds",for:{actions:["paymaster.update-tier"]},bounds:{perTx:{timesCurrent:2}}}' \
	'{name:"not-the-old",kind:"bounds",for:{actions:["sequencer.*"],deescalates:false},bounds:{sequencer:{notIn:["payer"]}}}' \
	'{name:"these-two",kind:"bounds",for:{actions:["timelock.grant-role"]},bounds:{role:{in:["canceller","proposer"]},account:{in:["safe","p1"]}}}'
note a tier limit at its bound, above it, and below the least
draft paymaster.create-tier name=gold "perTx=1 ether" "perDay=10 ether" "perMonth=50 ether"
propose 0
pack schedule
withdrawn
draft paymaster.create-tier name=gold "perTx=1.000000000000000001 ether" "perDay=10 ether" "perMonth=50 ether"
propose 1
verdict 1
draft paymaster.create-tier name=gold "perTx=0.01 ether" "perDay=10 ether" "perMonth=50 ether"
propose 1
note twice the value now, and more than that
draft paymaster.update-tier tier=1 "perTx=0.01 ether" "perDay=0.05 ether" "perMonth=0.5 ether"
propose 0
pack schedule
lie 'action[0].perTx' '"1"'
lean schedule
withdrawn
draft paymaster.update-tier tier=1 "perTx=0.011 ether" "perDay=0.05 ether" "perMonth=0.5 ether"
propose 1
verdict 1
note in a set of names, and not in it
draft timelock.grant-role role=canceller account="$(address_of signer-1)"
propose 0
draft timelock.grant-role role=executor account="$(address_of signer-1)"
propose 1
draft timelock.grant-role role=canceller account=$A
propose 1
draft sequencer.authorize sequencer="$(address_of payer)"
propose 1
end

begin signers
policy "$ANYTHING" '{name:"four",kind:"signers",min:4,roles:{security:1}}' \
	'{name:"six",kind:"signers",for:{actions:["safe.enable-module"]},min:6}'
note three where four are needed, four without the role, four with it
draft sequencer.authorize sequencer=$A
propose 0
signed schedule 1 2 4
submitted 1 schedule "p1 p2 p4"
pack schedule
signed schedule 1 2 4 5
submitted 1 schedule "p1 p2 p4 p5"
signed schedule 1 2 4 5 3
submitted 0 schedule "all five"
note more than there are
draft safe.enable-module module=$A
propose 1
end

begin separation
policy "$ANYTHING" '{name:"two-others",kind:"separation",for:{actions:["sequencer.*"]},min:2}' \
	'{name:"whoever",kind:"separation",for:{actions:["registry.*"]},min:2,source:"proven",from:["proposer","submitter","facilitator"]}'
note whoever proposed is not one of the two who have to sign
draft sequencer.authorize sequencer=$B
say 0 "setgov propose --as p1" console propose "$CHANGE" --as p1
signed schedule 1 2
pack schedule
submitted 1 schedule "p1 p2, which are too few for the Safe, too"
signed schedule 1 2 3
pack schedule
lie proposer '"p9"'
submitted 0 schedule "p1 p2 p3"
note nor whoever led the meeting, nor whoever sends it
draft registry.unpause contract=registry
say 0 "setgov propose --as p1" console propose "$CHANGE" --as p1
packet "$CHANGE" schedule
console meeting open "$CHANGE" --title M --as p2 >/dev/null
console meeting decide "$CHANGE" approved --present p1 --present p2 --as p2 >/dev/null
console meeting minutes --close --as p2 >/dev/null 2>&1
signed schedule 1 2 3 4
submitted 1 schedule "p1 p2 p3 p4"
signed schedule 1 2 3 4 5
submitted 0 schedule "all five"
end

begin delay
policy "$ANYTHING" '{name:"long",kind:"delay",for:{risk:["critical"],route:"timelock"},delay:"48h"}' \
	'{name:"everything",kind:"delay",delay:"1 day"}'
note the least delay of its risk class, and less than that
draft timelock.grant-role role=canceller account=$A --delay 48h
propose 0
pack schedule
withdrawn
draft timelock.grant-role role=canceller account=$A
propose 1
verdict 1
note a class with less, and what waits for nothing
draft sequencer.authorize sequencer=$B
propose 0
draft safe.reject nonce=70
propose 0
pack execute
withdrawn
end

begin words
policy "$ANYTHING" '{name:"words",kind:"words",words:["reason","ticket","impact","rollback"]}' \
	'{name:"report",kind:"words",for:{actions:["contract.upgrade"]},words:["attachment","category"]}'
note all of them, and some
CHANGE=$(console draft registry.unpause contract=registry --title T --reason R --ticket $TICKET --impact I --rollback B --json | field change)
propose 0
pack schedule
withdrawn
CHANGE=$(console draft registry.unpause contract=registry --title T --reason R --impact I --json | field change)
propose 1
verdict 1
note an attachment
CHANGE=$(console draft contract.upgrade contract=registry implementation="$registry" --title T --reason R --ticket $TICKET \
	--impact I --rollback B --category C --json | field change)
propose 1
CHANGE=$(console draft --edit "$CHANGE" --attach "$HERE/deployment.json" --json | field change)
verdict 0
end

begin call-only
policy "$ANYTHING" '{name:"pause-by-delegate",kind:"allow",delegatecall:true,for:{actions:["call.raw"],targets:["registry"],selectors:["pause()"]}}' \
	'{name:"calls-only",kind:"call-only",except:[{targets:["registry"],selectors:["pause()"]}]}'
note a call, a delegatecall that is named, and one that is not
draft sequencer.authorize sequencer=$B
propose 0
pack schedule
withdrawn
say_call() {
	local want=$1 got=0
	shift
	console policy check --to "$registry" "$@" >"$HERE/said" 2>&1 || got=$?
	[ "$got" = "$want" ] || { cat "$HERE/said" >&2; fail "policy check --to: $got"; }
	{ echo "setgov policy check --to <registry> $*: status $got"; sed 's/^/  /' "$HERE/said"; } | record
}
say_call 0 0x8456cb59
say_call 0 0x8456cb59 --delegatecall
say_call 1 0x3f4ba83a --delegatecall
end

begin code
policy "$ANYTHING" '{name:"listed",kind:"code",for:{actions:["contract.upgrade"]},arg:"implementation",listed:[{name:"release 1",hash:"'"$code"'"}]}'
note listed code, other code, none
draft contract.upgrade contract=registry implementation="$registry"
propose 0
pack schedule
lie code-hash null
lean schedule
withdrawn
draft contract.upgrade contract=registry implementation="$(field timelock <"$HERE/deployment.json")"
say 1 "setgov propose" console propose "$CHANGE"
draft contract.upgrade contract=registry implementation=$A
propose 1
verdict 1
end

begin possession
policy "$ANYTHING" '{name:"has-the-key",kind:"possession",for:{actions:["sequencer.authorize"]},args:["sequencer"],source:"proven",listed:[{name:"the registry",hash:"'"$code"'"}]}'
attest() { # attest ADDRESS: by signer 5, for CHANGE
	console policy challenge "$CHANGE" "$1" -o "$HERE/stick/challenge.json" >/dev/null
	rm -f "$HERE"/stick/challenge.json.*.message.json
	signer_run 5 attest "$HERE/stick/challenge.json" --passphrase-fd 3
}
note "nobody has signed, then a signer's own key has"
draft sequencer.authorize sequencer="$(address_of signer-5)"
propose 1
verdict 1
attest "$(address_of signer-5)" >"$HERE/said"
{ echo "setgov-signer attest"; grep -v '^$' "$HERE/said" | sed '/Deployment\|class/d; s/^/  /'; } | record
kept=$HERE/stick/first.message.json
cp "$HERE"/stick/challenge.json.*.message.json "$kept"
console collect "$kept" >"$HERE/said"
{ echo "setgov collect"; sed 's/^/  /' "$HERE/said"; } | record
console collect "$kept" | among "is known to have shown" || fail "the same attestation twice"
propose 0
pack schedule
lie possession '"0x00"'
lean schedule
withdrawn
note another change wants another signature
draft sequencer.authorize sequencer="$(address_of signer-5)"
propose 1
expect 1 "[NO-KEY]" attest $A
sed "s/\"change\":\"SC-[0-9]*\"/\"change\":\"$CHANGE\"/" "$kept" >"$HERE/stick/forged.message.json"
expect 1 "refused [POSSESSION]" console collect "$HERE/stick/forged.message.json"
propose 1
note any wallet, and the bare signature alone
draft sequencer.authorize sequencer=$W
console policy challenge "$CHANGE" $W >"$HERE/stick/wallet.json"
NODE_PATH=contracts/node_modules node -e 'const {Wallet}=require("ethers");const d=JSON.parse(require("fs").readFileSync(process.argv[1]));
	const {EIP712Domain,...types}=d.types;new Wallet(process.argv[2]).signTypedData(d.domain,types,d.message).then((s)=>console.log(s))' \
	"$HERE/stick/wallet.json" $W_KEY >"$HERE/stick/wallet.sig"
expect 0 "has shown its key for $CHANGE" console collect "$HERE/stick/wallet.sig"
propose 0
signed schedule 1 2 3
submitted 0 schedule "p1 p2 p3"
note a contract comes with its code
draft sequencer.authorize sequencer="$registry"
verdict 0
policy "$ANYTHING" '{name:"has-the-key",kind:"possession",for:{actions:["sequencer.authorize"]},args:["sequencer"],listed:[{name:"the registry",hash:"'"$code"'"}]}'
propose 0
pack schedule
withdrawn
draft sequencer.authorize sequencer="$(field timelock <"$HERE/deployment.json")"
verdict 1
end

begin hot-signing
note it passes always, and tells the signers what they have to see to
policy "$ANYTHING" '{name:"keys",kind:"hot-signing",allowed:false}'
draft registry.unpause contract=registry
propose 0
pack schedule
withdrawn
policy "$ANYTHING" '{name:"keys",kind:"hot-signing",allowed:true}'
draft registry.unpause contract=registry
verdict 0
end

begin comparison
policy "$ANYTHING" '{name:"compare",kind:"comparison",allowed:false}'
note three who compared with nobody, then with others
draft registry.unpause contract=registry
propose 0
signed schedule 1 2 3
submitted 1 schedule "p1 p2 p3 who compared with nobody"
withdrawn
draft registry.unpause contract=registry
propose 0
packet "$CHANGE" schedule
for n in 1 2 3; do
	signer_run $n sign "$PACKET" --expect "$HASH" --passphrase-fd 3 --compared own -o "${PACKET%.json}.p$n.answer.json" >/dev/null
done
signed schedule 1 2 3
pack schedule
submitted 0 schedule "p1 p2 p3 who compared"
policy "$ANYTHING" '{name:"compare",kind:"comparison",allowed:true}'
draft registry.unpause contract=registry
verdict 0
end
