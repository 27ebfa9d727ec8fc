#!/usr/bin/env bash
# Owners adopt a policy by signing it offline: old → new in sentences, three of five, the pins move with the file, and changes
# are judged under it. Older, lapsed, foreign and doctored offers are refused by name, and so is one signature too few.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
A=0x14dC79964da2C08b23698B3D3cc7Ca32193d9955
B=0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f
stick=$HERE/stick
draft() { console draft "$@" --title T --reason R --ticket https://tickets.example/1 >/dev/null; }
# make FILE JS: policies/set-chain-devnet.json, changed
make_policy() {
	node -e 'const fs=require("fs");const p=JSON.parse(fs.readFileSync("policies/set-chain-mainnet.json","utf8"));
		const rule=(n)=>p.rules.find((r)=>r.name===n);const drop=(n)=>{p.rules=p.rules.filter((r)=>r.name!==n&&r.rule!==n)};
		drop("freeze");drop("safe-head");drop("compare");drop("no-modules");drop("no-guard");eval(process.argv[1]);
		fs.writeFileSync(process.argv[2],JSON.stringify(p,null,2)+"\n")' "$2" "$1"
}
digest_of() { "$setgov" policy show "$1" --json | field digest; }
# offer FILE NAME [option…]: the offer of a policy, on the stick under this name
offer() {
	local file=$1 name=$2
	shift 2
	console policy adopt "$file" -o "$stick/$name.adoption.json" "$@" >"$HERE/offered"
}
# adopt N NAME [option…]: owner N signs what lies under this name
adopt() {
	local n=$1 name=$2
	shift 2
	rm -f "$stick/$name.p$n.message.json"
	signer_run "$n" adopt-policy "$stick/$name.adoption.json" --expect "$DIGEST" -o "$stick/$name.p$n.message.json" --passphrase-fd 3 "$@"
}
trust() { signer_run "$1" trust-policy "$stick/$2.adoption.json" --expect "$DIGEST"; }
pinned() { signer_run "$1" journal --json | grep -c '"kind": "policy.pinned"' || true; }
edit() { edit_adoption "$3" "$stick/$1.adoption.json" "$stick/$2.adoption.json"; }

# ---- the first ----
make_policy "$HERE/first.json" ''
DIGEST=$(digest_of "$HERE/first.json")
offer "$HERE/first.json" first
grep -qF "It is the first that the owners are asked for." "$HERE/offered" || fail "the first is not called so"
grep -qF "0 of 3 owners that it takes" "$HERE/offered" || fail "how many it takes is not said"
same "$(console log show --json | grep -c '"kind": "policy.offered"')" 1
offer "$HERE/first.json" first
same "$(console log show --json | grep -c '"kind": "policy.offered"')" 1      # asked again it is the same offer
expect 1 EXPECT signer_run 1 adopt-policy "$stick/first.adoption.json" --expect "${DIGEST/[0-9]/f}" --passphrase-fd 3
signer_run 5 review "$stick/first.adoption.json" >"$HERE/looked"          # without a phrase, without a key
same "$(signer_run 5 review "$stick/first.adoption.json" --json | field needed)" 3
same "$(signer_run 5 journal --json | grep -c '"kind": "adoption.signed"' || true)" 0
adopt 1 first >"$HERE/page"
diff <(sed '/signed by/q' "$HERE/looked") <(sed '/signed by/q' "$HERE/page") || fail "who only looks sees another page"
grep -qF "No policy is pinned here: nothing takes its place." "$HERE/page" || fail "the page does not say that it is the first"
grep -qF "NOT CHECKED: this machine has signed nothing of this log" "$HERE/page" || fail "an unknown log is not called so"
adopt 2 first >/dev/null
expect 1 EXISTS signer_run 2 adopt-policy "$stick/first.adoption.json" --expect "$DIGEST" -o "$stick/first.p2.message.json" --passphrase-fd 3
adopt 4 first >/dev/null
expect 0 "p2 signed for the policy Set Chain mainnet: 1 of 3" console collect "$stick/first.p2.message.json"
expect 0 "p2 is known to have signed for the policy Set Chain mainnet: 1 of 3" console collect "$stick/first.p2.message.json"
[ ! -e "$HERE/console/policy.json" ] || fail "one signature moved the policy"

# Two of three move nothing, on no machine.
console collect "$stick/first.p1.message.json" >/dev/null
offer "$HERE/first.json" first
expect 1 "INCOMPLETE] 2 of 3 owners have signed it: 1 missing" trust 5 first
same "$(pinned 5)" 0
console policy show --json >"$HERE/shown.json"
same "$(field signatures <"$HERE/shown.json")" 2
expect 0 "The policy is adopted, and in force here." console collect "$stick/first.p4.message.json"
same "$(digest_of "$HERE/console/policy.json")" "$DIGEST"
same "$(console log show --json | grep -c '"kind": "policy.adopted"')" 1
expect 0 "1 known" console collect "$stick/first.p4.message.json"

# The file moves the pins, without a phrase; whose signatures, is said.
offer "$HERE/first.json" first
for n in 1 2 3 4; do trust "$n" first >"$HERE/page"; done
grep -qF "The owners p1, p2 and p4 have signed it: their signatures are right." "$HERE/page" || fail "whose signatures they are is not said"
same "$(pinned 1)" 1
"$signer" trust-policy "$stick/first.adoption.json" --expect "$DIGEST" --home "$HERE/payer" >/dev/null

# ---- a change under it ----
draft sequencer.authorize sequencer=$A
shows_key SC-1 $A_KEY
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2
expect 1 "2 of 3 signatures by owners of the Safe" submit SC-1 schedule
agree SC-1 schedule 3
expect 0 "is on chain" submit SC-1 schedule
draft safe.enable-module module=$A
expect 1 "default-deny: safe.enable-module: no rule allows it" console propose SC-2

# This one waits while the policy changes.
draft paymaster.withdraw "amount=0.01 ether"
console propose SC-3 >/dev/null

# ---- the second takes its place ----
make_policy "$HERE/second.json" 'rule("withdrawals").bounds.amount.max="80 ether";rule("words").why="whoever signs has to know what for";
	drop("min-deposit-steps");p.roles.security=["p4"];p.rules.push({name:"modules",kind:"allow",why:"a module is tried","for":{actions:["safe.enable-module"]}})'
DIGEST=$(digest_of "$HERE/second.json")
offer "$HERE/second.json" second
cat >"$HERE/wanted" <<'END'
It takes the place of Set Chain mainnet, which is pinned here. What changes:
  In short: of the rules 1 go, 1 come, 4 change.
  LOOSENS: min-deposit-steps (goes), withdrawals (changes), modules (comes)
  may loosen: critical-signers (changes), upgrade-signers (changes)
  the role security: was p3, is p4 now
  GOES     min-deposit-steps
         For paymaster.set-min-deposit: amount is at most 10 ether and at most 10 percent away from what it was before the first change within 7 days.
         because a minimum that jumps locks small merchants out: at most 10 % a week
  CHANGES  critical-signers
    was  For every action of risk critical that does not take power away: at least 4 owners sign, among them 1 of security (p3).
         because what can hand over the chain wants one signature more, and the security lead's
    now  For every action of risk critical that does not take power away: at least 4 owners sign, among them 1 of security (p4).
         because what can hand over the chain wants one signature more, and the security lead's
  CHANGES  upgrade-signers
    was  For contract.upgrade: at least 4 owners sign, among them 1 of security (p3).
         because new code can do anything
    now  For contract.upgrade: at least 4 owners sign, among them 1 of security (p4).
         because new code can do anything
  CHANGES  words
    was  For every action that does not take power away: reason and ticket are written down.
         because whoever signs has to know what for, and whom to ask
    now  For every action that does not take power away: reason and ticket are written down.
         because whoever signs has to know what for
  CHANGES  withdrawals
    was  For paymaster.withdraw: amount is at most 50 ether.
         because the treasury takes what it needs, not everything
    now  For paymaster.withdraw: amount is at most 80 ether.
         because the treasury takes what it needs, not everything
  COMES    modules
         For safe.enable-module: allowed.
         because a module is tried

What it says, whole:
END
adopt 1 second >"$HERE/page"
sed -n '/^It takes the place/,/^What it says, whole:/p' "$HERE/page" | diff "$HERE/wanted" - || fail "old and new are not what they should be"
sed -n '/^  In short/,/^         because a module/p' "$HERE/offered" | diff <(sed '1d;/^$/,$d' "$HERE/wanted") - || fail "the console says other differences"
grep -qF "NOT CHECKED" "$HERE/page" && fail "the log is known here by now"
adopt 2 second >/dev/null
adopt 3 second >/dev/null
# A machine without the pinned policy has nothing that this could take the place of.
expect 1 "[PREVIOUS] it takes the place of the policy Set Chain mainnet, and no policy is in force here" \
	signer_run 5 adopt-policy "$stick/second.adoption.json" --expect "$DIGEST" --passphrase-fd 3

# Hostile: the old policy in the file is another one than is pinned, so that the page would show another difference.
edit second doctored 'x.previous=JSON.parse(JSON.stringify(x.policy));x.previous.rules.pop()'
expect 1 "[PREVIOUS] the policy that it takes the place of is not the one in force here" \
	signer_run 4 adopt-policy "$stick/doctored.adoption.json" --expect "$DIGEST" --passphrase-fd 3
edit second doctored 'x.previous=null'
expect 1 "[PREVIOUS] it says that it is the first policy" signer_run 4 adopt-policy "$stick/doctored.adoption.json" --expect "$DIGEST" --passphrase-fd 3
edit second doctored 'x.expires=1700000000'
expect 1 "[EXPIRED] the offer lapsed on 2023-11-14 22:13 UTC" signer_run 4 adopt-policy "$stick/doctored.adoption.json" --expect "$DIGEST" --passphrase-fd 3
edit second doctored 'x.origin=x.origin.slice(0,-1)+(x.origin.endsWith("0")?"1":"0")'
expect 1 LOG-OTHER signer_run 1 adopt-policy "$stick/doctored.adoption.json" --expect "$DIGEST" --passphrase-fd 3
edit second doctored 'x.deployment="11".repeat(32)'
expect 1 NOT-PINNED signer_run 4 adopt-policy "$stick/doctored.adoption.json" --expect "$DIGEST" --passphrase-fd 3
edit second doctored 'x.policy.rules[0].kinds="allow"'
expect 3 "policy.rules[0].kinds" signer_run 4 adopt-policy "$stick/doctored.adoption.json" --expect "$DIGEST" --passphrase-fd 3
sed 's/,"policy"/, "policy"/' "$stick/second.adoption.json" >"$stick/doctored.adoption.json"
expect 3 "not canonical JSON on one line" signer_run 4 adopt-policy "$stick/doctored.adoption.json" --expect "$DIGEST" --passphrase-fd 3
expect 1 NO-KEY signer_run 4 adopt-policy "$stick/second.adoption.json" --expect "$DIGEST" --key "$(address_of signer-1)" --passphrase-fd 3

# Signatures that are not for this offer: of another deployment, another policy, somebody else's.
sed 's/"deployment":"[0-9a-f]*"/"deployment":"'"$(printf '11%.0s' $(seq 32))"'"/' "$stick/second.p1.message.json" >"$HERE/foreign.json"
expect 1 "DEPLOYMENT" console collect "$HERE/foreign.json"
sed 's/"expires":[0-9]*/"expires":0/' "$stick/second.p1.message.json" >"$HERE/foreign.json"
expect 1 "WRONG-OWNER" console collect "$HERE/foreign.json"
sed "s/$(address_of signer-1)/$(address_of signer-2)/" "$stick/second.p1.message.json" >"$HERE/foreign.json"
expect 1 "WRONG-OWNER" console collect "$HERE/foreign.json"
node tests/support/cosign.mjs adoption "$stick/second.p1.message.json" "$(field chainId <"$HERE/deployment.json")" \
	"$(field safe <"$HERE/deployment.json")" >"$HERE/judged" || fail "ethers finds another signer"
same "$(cat "$HERE/judged")" "$(address_of signer-1)"

# Any order, any number of times; packed into the file, too.
console collect "$stick/second.p3.message.json" >/dev/null
edit second gathered 'x.signatures=[1,2].map((n)=>JSON.parse(fs.readFileSync(`${process.argv[2].replace(/second.*/,"")}second.p${n}.message.json`,"utf8"))).map((m)=>({owner:m.by,signature:m.signature}))'
edit gathered few 'x.signatures.pop();x.signatures.push(x.signatures[0],x.signatures[0])'
expect 1 "INCOMPLETE] 1 of 3 owners have signed it: 2 missing" signer_run 4 trust-policy "$stick/few.adoption.json" --expect "$DIGEST"
expect 0 "The policy is adopted, and in force here." console collect "$stick/gathered.adoption.json"
same "$(digest_of "$HERE/console/policy.json")" "$DIGEST"
offer "$HERE/second.json" second
grep -qF "adopted     3 owners have signed it" "$HERE/offered" || fail "an adopted policy is not called so"
edit second forged 'x.signatures[1].owner=x.signatures[0].owner'
expect 1 "signatures[1]: [WRONG-OWNER]" trust 4 forged
for n in 1 2 3 4; do trust "$n" second >/dev/null; done
"$signer" trust-policy "$stick/second.adoption.json" --expect "$DIGEST" --home "$HERE/payer" >/dev/null

# The older adoption, whole and signed by enough owners, moves nothing back.
DIGEST=$(digest_of "$HERE/first.json")
expect 1 "[PREVIOUS] it says that it is the first policy, and Set Chain mainnet is in force here" trust 1 first
expect 0 "1 known" console collect "$stick/first.p1.message.json"
same "$(digest_of "$HERE/console/policy.json")" "$(digest_of "$HERE/second.json")"

# ---- a change under the second; an older one under both ----
draft safe.enable-module module=$B
console propose SC-4 >/dev/null
agree SC-4 execute 1 2 3
expect 1 "critical-signers: 4 signatures are needed, there are 3: p1, p2, p3" submit SC-4 execute
agree SC-4 execute 4
expect 0 "is on chain" submit SC-4 execute
draft sequencer.authorize sequencer=$B
shows_key SC-5 $B_KEY
console propose SC-5 >/dev/null
agree SC-5 schedule 1 2 3
expect 0 "is on chain" submit SC-5 schedule

# What was proposed under the first still names it: a machine whose pin the owners' signatures moved judges it under both.
packet SC-3 schedule
signer_run 1 review "$PACKET" --json >"$HERE/both.json"
same "$(node -p 'const r=JSON.parse(require("fs").readFileSync(process.argv[1]));[r.policy[0].policy,r.policyNow[0].policy].join()' "$HERE/both.json")" \
	"$(digest_of "$HERE/first.json"),$(digest_of "$HERE/second.json")"
signer_run 1 review "$PACKET" | among -F "It was proposed under that policy." || fail "the page does not say that there are two"
for n in 1 2 3; do sign "$n" >/dev/null; done
console collect $(answers) >/dev/null
expect 0 "is on chain" submit SC-3 schedule
# One that pinned the second by its phrase has no owners' word for what was before it.
signer_run 5 trust-policy "$HERE/second.json" --expect "$(digest_of "$HERE/second.json")" >/dev/null
expect 1 "core.policy: [POLICY] found $(digest_of "$HERE/first.json"), pinned $(digest_of "$HERE/second.json")" signer_run 5 review "$PACKET"
# Nor has one that lost the text of the one before, or has another in its place.
cp -r "$HERE/signer-2" "$HERE/signer-lost"
cp "$HERE"/signer-lost/pins/*.policy "$(echo "$HERE"/signer-lost/pins/*.replaced)"
expect 1 "core.policy: [POLICY] found" signer_run lost review "$PACKET"
rm "$HERE"/signer-lost/pins/*.replaced
expect 1 "core.policy: [POLICY] found" signer_run lost review "$PACKET"
first_packet=$PACKET

# A file that is not what the log adopted is refused; without it the log's own is used.
cp "$HERE/first.json" "$HERE/console/policy.json"
draft sequencer.revoke sequencer=$A
expect 1 "is another policy than the log adopted last" console propose SC-6
expect 1 "is another policy than the log adopted last" console policy check SC-6
rm "$HERE/console/policy.json"
expect 1 "$(digest_of "$HERE/second.json")" console policy check SC-6
expect 0 "" console propose SC-6

draft safe.enable-module module=$A
console propose SC-7 >/dev/null
packet SC-7 execute

# ---- offers that lapse, or are beaten ----
make_policy "$HERE/third.json" 'rule("withdrawals").bounds.amount.max="90 ether"'
DIGEST=$(digest_of "$HERE/third.json")
offer "$HERE/third.json" third --expires 1s
adopt 1 third >/dev/null
sleep 2
expect 1 "[EXPIRED] the offer lapsed on" adopt 2 third
expect 1 "[EXPIRED]: the offer lapsed on" console collect "$stick/third.p1.message.json"
offer "$HERE/third.json" third --expires never
make_policy "$HERE/fourth.json" 'rule("withdrawals").bounds.amount.max="70 ether"'
offer "$HERE/fourth.json" fourth
for n in 1 2 3; do adopt "$n" third >/dev/null; done
DIGEST=$(digest_of "$HERE/fourth.json")
adopt 1 fourth >"$HERE/page"
grep -qF "NOTE: this machine signed another policy for the same place before: Set Chain mainnet" "$HERE/page" || fail "a second word for one place is not said"
expect 0 "The policy is adopted, and in force here." console collect "$stick/third.p1.message.json" "$stick/third.p2.message.json" "$stick/third.p3.message.json"
expect 1 "[PREVIOUS]" console collect "$stick/fourth.p1.message.json"

# The third allows no module any more: what was packed under the second fails under it. The first is too long ago.
DIGEST=$(digest_of "$HERE/third.json")
offer "$HERE/third.json" third
trust 1 third >/dev/null
expect 1 "[POLICY] failed under the policy that is pinned now: default-deny: safe.enable-module: no rule allows it" signer_run 1 review "$PACKET"
expect 1 "[POLICY] failed under the policy that is pinned now" signer_run 1 sign "$PACKET" --expect "$HASH" --passphrase-fd 3 --compared nobody
expect 1 "core.policy: [POLICY] found" signer_run 1 review "$first_packet"

# Once owners adopted a policy, a list of releases that nobody signed counts for nothing.
echo '{"format":"setgov-releases/1","name":"Anybody","releases":[]}' >"$HERE/console/releases.json"
expect 0 "NOT ADOPTED: no owner has signed it, and it counts for nothing" console policy releases
draft contract.upgrade contract=paymaster implementation=$A
expect 0 "no list says which code may be installed" console show SC-8
rm "$HERE/console/releases.json"

# What is no policy for owners to sign is not offered.
make_policy "$HERE/bad.json" 'p.threshold=6'
expect 1 "[THRESHOLD] it says that the Safe's threshold is 6, and there are 5 owners" console policy adopt "$HERE/bad.json"
make_policy "$HERE/bad.json" 'rule("sequencers")["for"].actions=["sequencr.*"]'
expect 1 "[LINT]" console policy adopt "$HERE/bad.json"

expect 0 "The log is whole" console log verify --offline
expect 0 "3 adoptions, 9 owners' signatures for them" console log verify --offline

# A follower has no policy.json: it shows the policy that the log adopted last, and who signed it.
console log export "$HERE/export" >/dev/null
XDG_STATE_HOME=$HERE/other "$setgov" -C "$HERE/follower" init --follow "$HERE/export" >/dev/null
[ ! -e "$HERE/follower/policy.json" ] || fail "a follower has a policy.json of its own"
XDG_STATE_HOME=$HERE/other "$setgov" -C "$HERE/follower" policy show >"$HERE/followed"
console policy show | diff - "$HERE/followed" || fail "a follower shows another policy"
same "$(XDG_STATE_HOME=$HERE/other "$setgov" -C "$HERE/follower" policy show --json | field digest)" "$(digest_of "$HERE/third.json")"
XDG_STATE_HOME=$HERE/other expect 0 "The log is whole" "$setgov" -C "$HERE/follower" log verify --offline
# shellcheck disable=SC2086  # words
page_holds policy.adopted 4 $ALL_TIME
page_holds key.attested 2 change SC-5
