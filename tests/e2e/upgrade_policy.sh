#!/usr/bin/env bash
# Upgrades under a policy, on a real chain: a good one passes through to executed, with its rollback drafted beside it; each
# kind of bad one is refused when it is proposed, with the reason; the list of releases is adopted by the owners' signatures
# and pinned on its own. Lists, offers and signatures of a console that lies are refused by name.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
RPC=$(cat "$HERE/node/rpc-url")
REPORT=$(printf report | sha256sum | cut -d' ' -f1)
implementation() { console status --json | node -e '
	const s = JSON.parse(require("fs").readFileSync(0)); console.log(s.contracts.find((c) => c.name === process.argv[1]).implementation)' "$1"; }
NOW=$(implementation paymaster)

# next: a version of the same contract. scrambled: the same names, two members of a struct exchanged.
printf '%s\n' 'pragma solidity ^0.8.20;' 'import "SetPaymaster.sol";' 'contract Next is SetPaymaster { uint256 public reserve; }' >"$HERE/next.sol"
sed -e 's/uint128 maxPerTransaction; \/\/ wei/uint128 maxPerDay;/; s/uint128 maxPerDay; \/\/ wei/uint128 maxPerTransaction;/' \
	-e 's/contract SetPaymaster is/contract Scrambled is/' contracts/src/SetPaymaster.sol >"$HERE/scrambled.sol"
sed -e 's/_disableInitializers();//' -e 's/contract SetPaymaster is/contract Open is/' contracts/src/SetPaymaster.sol >"$HERE/open.sol"
build() { # build NAME CONTRACT: its layout lies in $HERE/NAME.json, its address is printed
	node tests/support/compile.mjs "$RPC" "$HERE/$1.sol" "$2" >"$HERE/$1.json"
	node -e 'const {getAddress}=require("./contracts/node_modules/ethers");
		console.log(getAddress(JSON.parse(require("fs").readFileSync(process.argv[1])).address))' "$HERE/$1.json"
}
NEXT=$(build next Next)
SCRAMBLED=$(build scrambled Scrambled)
OPEN=$(build open Open)
AGAIN=$(build next Next)               # the same sources at another address: immutables make it other code

digest_of() { "$@" --json | field digest; }
pin() { # pin VERB FILE DIGEST
	local n
	for n in 1 2 3 4 5; do signer_run "$n" "$1" "$2" --expect "$3" >/dev/null; done
	"$signer" "$1" "$2" --expect "$3" --home "$HERE/payer" >/dev/null
}
# The owners' ceremony for a list. offer FILE NAME [option…], adopt N NAME, trust N NAME; DIGEST is that of the list.
stick=$HERE/stick
offer() {
	local file=$1 name=$2
	shift 2
	DIGEST=$(digest_of console policy releases "$file")
	console policy adopt "$file" -o "$stick/$name.adoption.json" "$@" >"$HERE/offered" 2>&1
}
adopt() {
	rm -f "$stick/$2.p$1.message.json"
	signer_run "$1" adopt-releases "$stick/$2.adoption.json" --expect "$DIGEST" -o "$stick/$2.p$1.message.json" --passphrase-fd 3
}
trust() { signer_run "$1" trust-releases "$stick/$2.adoption.json" --expect "$DIGEST"; }
edit() { edit_adoption "$3" "$stick/$1.adoption.json" "$stick/$2.adoption.json"; }

cp policies/set-chain-devnet.json "$HERE/console/policy.json"
pin trust-policy "$HERE/console/policy.json" "$(digest_of console policy show)"

LAST=0
drafted() { # drafted IMPLEMENTATION [CONTRACT]: CHANGE is its id
	LAST=$((LAST + 1))
	CHANGE=SC-$LAST
	console draft contract.upgrade contract="${2:-paymaster}" implementation="$1" --title "New code" --reason R \
		--ticket https://tickets.example/1 --impact I --rollback "the drafted one" >/dev/null
}
refused() { expect 1 "$1" console propose "$CHANGE"; }

# Without a list nothing is listed.
drafted "$NEXT"
refused "listed-code: the fact releases is not known"

# The owners adopt a list; the layouts that it names go into the log with the offer.
OTHER=$(implementation registry)
list() { # list OUT AUDIT-OF-NEXT
	node tests/support/release.mjs "$RPC" "Set Chain releases" "$1" SetPaymaster 1.0.0 "$NOW" build/contracts/SetPaymaster.json "$REPORT" \
		SetPaymaster 2.0.0 "$NEXT" "$HERE/next.json" "$2" SetPaymaster 2.0.0-bad "$SCRAMBLED" "$HERE/scrambled.json" "$REPORT" \
		SetPaymaster 2.0.0-open "$OPEN" "$HERE/open.json" "because it is a test" \
		SetRegistry 1.0.0 "$OTHER" build/contracts/SetRegistry.json "$REPORT"
}
list "$HERE/unaudited.json" none
list "$HERE/releases.json" "$REPORT"
expect 0 "audit     NONE, because it is a test" console policy releases "$HERE/unaudited.json"
expect 1 "[LAYOUT] no release of the list has this layout" console policy adopt "$HERE/releases.json" --layout build/contracts/SetTimelock.json
expect 2 "a policy names no layouts" console policy adopt "$HERE/console/policy.json" --layout "$HERE/next.json"
offer "$HERE/unaudited.json" first --layout "$HERE/next.json"
grep -qF "the layout of SetPaymaster 1.0.0 is not in the log" "$HERE/offered" || { cat "$HERE/offered"; fail "no missing layout"; }
grep -qF "It is the first that the owners are asked for." "$HERE/offered" || fail "the first is not called so"
grep -qF "0 of 3 owners that it takes" "$HERE/offered" || fail "how many it takes is not said"
adopt 1 first >"$HERE/page"
grep -qF "No list of releases is pinned here: nothing takes its place." "$HERE/page" || { cat "$HERE/page"; fail "the page does not say that it is the first"; }
among -F "    code      0x" <"$HERE/page" || fail "the list is not on the page"
for n in 2 3; do adopt "$n" first >/dev/null; done
expect 0 "p1 signed for the list of releases Set Chain releases: 1 of 3" console collect "$stick/first.p1.message.json"
console collect "$stick/first.p2.message.json" >/dev/null

# Two of three adopt nothing: the code stays unlisted here, and no pin moves.
refused "listed-code: the fact releases is not known"
offer "$HERE/unaudited.json" first
expect 1 "INCOMPLETE] 2 of 3 owners have signed it: 1 missing" trust 4 first
expect 0 "OFFERED Set Chain releases" console policy releases
expect 0 "The list of releases is adopted, and in force here." console collect "$stick/first.p3.message.json"
offer "$HERE/unaudited.json" first
for n in 1 2 3 4; do trust "$n" first >"$HERE/page"; done
grep -qF "The owners p1, p2 and p3 have signed it: their signatures are right." "$HERE/page" || fail "whose signatures they are is not said"
same "$(digest_of "$setgov" policy releases "$HERE/console/releases.json")" "$DIGEST"
expect 0 "signed by p1, p2, p3" console policy releases

# Not audited, and no exception; a layout that nobody has.
refused "fit-code: LAYOUT: not in the log (setgov policy adopt FILE --layout FILE): "
grep -qF "NO AUDIT: the list of releases has no report about SetPaymaster 2.0.0, and no exception" "$HERE/out" || { cat "$HERE/out"; fail "no audit"; }

# The second takes its place: what was, and what is.
offer "$HERE/releases.json" second --layout build/contracts/SetPaymaster.json --layout "$HERE/scrambled.json" --layout build/contracts/SetRegistry.json
adopt 1 second >"$HERE/page"
sed -n '/^It takes the place of Set Chain releases, which is pinned here/,/^What it says, whole:/p' "$HERE/page" | sed '1d;/^$/,$d' >"$HERE/differs"
sed -E 's/[0-9a-f]{64}/…/' "$HERE/differs" | diff - <(printf '%s\n' '  CHANGES  SetPaymaster 2.0.0' '   was' '    code      0x…' '    metadata  0x…' \
	'    layout    …' '    audit     NONE' '   now' '    code      0x…' '    metadata  0x…' '    layout    …' '    audit     …') || fail "old and new are not what they should be"
grep -qF "audit     $REPORT" "$HERE/differs" || fail "the report is not named"
sed -n '/^  CHANGES/,/^  digest/p' "$HERE/offered" | sed '$d' | diff - "$HERE/differs" || fail "the console says other differences"
for n in 2 3; do adopt "$n" second >/dev/null; done

# A console that lies: another list, another one before it, too late, too few, for another log, as a policy.
FIRST=$(digest_of console policy releases)
edit second lie 'x.releases.releases[0].codeHash="0x"+"ee".repeat(32)'
expect 1 EXPECT signer_run 4 adopt-releases "$stick/lie.adoption.json" --expect "$DIGEST" --passphrase-fd 3
edit second lie 'x.previous.releases.pop()'
expect 1 "[PREVIOUS] the list of releases that it takes the place of is not the one in force here" adopt 4 lie
edit second lie 'x.previous=null'
expect 1 "[PREVIOUS] it says that it is the first list of releases, and Set Chain releases is in force here" adopt 4 lie
edit second lie 'x.expires=1700000000'
expect 1 "[EXPIRED] the offer lapsed on 2023-11-14 22:13 UTC" adopt 4 lie
edit second lie 'x.origin=x.origin.slice(0,-1)+(x.origin.endsWith("0")?"1":"0")'
expect 1 LOG-OTHER adopt 1 lie
edit second lie 'x.policy=x.releases;delete x.releases'
expect 3 "policy.semantics" adopt 4 lie
expect 1 "[PREVIOUS] it takes the place of the list of releases Set Chain releases, and no list of releases is in force here" adopt 5 second
expect 1 "[KIND] it is the adoption of a list of releases, and this is about a policy" \
	signer_run 4 adopt-policy "$stick/second.adoption.json" --expect "$DIGEST" --passphrase-fd 3
expect 1 "[KIND]" signer_run 4 trust-policy "$stick/second.adoption.json" --expect "$DIGEST"
signatures='[1,2,3].map((n)=>JSON.parse(fs.readFileSync(`${process.argv[2].replace(/second.*/,"")}second.p${n}.message.json`,"utf8"))).map((m)=>({owner:m.by,signature:m.signature}))'
edit second lie "x.signatures=$signatures;x.releases.releases[0].codeHash='0x'+'ee'.repeat(32)"
expect 1 "signatures[0]: [WRONG-OWNER]" signer_run 4 trust-releases "$stick/lie.adoption.json" --expect "$DIGEST"
edit second lie "x.signatures=$signatures.slice(1)"
expect 1 "INCOMPLETE] 2 of 3 owners have signed it: 1 missing" trust 4 lie
# What p4 signed for a policy, in the words of a list.
console policy adopt "$HERE/console/policy.json" -o "$stick/policy.adoption.json" >/dev/null
signer_run 4 adopt-policy "$stick/policy.adoption.json" --expect "$(digest_of console policy show)" -o "$stick/policy.p4.message.json" --passphrase-fd 3 >/dev/null
node -e 'const fs=require("fs"),[policy,list,to]=process.argv.slice(1).map((f,i)=>i<2?JSON.parse(fs.readFileSync(f,"utf8")):f);
	Object.assign(list,{by:policy.by,signature:policy.signature});fs.writeFileSync(to,JSON.stringify(list))' \
	"$stick/policy.p4.message.json" "$stick/second.p1.message.json" "$stick/lie.message.json"
expect 1 "[WRONG-OWNER]" console collect "$stick/lie.message.json"
# A list that nobody signed lies beside the log: what goes by one is refused.
cp "$HERE/releases.json" "$HERE/console/releases.json"
refused "[RELEASES]"
expect 0 "WARNING releases.json is another list of releases" console policy releases
rm "$HERE/console/releases.json"
same "$(digest_of console policy releases)" "$FIRST"       # without the file it is the log's own

expect 0 "The list of releases is adopted, and in force here." console collect "$stick"/second.p[123].message.json
same "$(digest_of console policy releases)" "$DIGEST"
same "$(console log show | grep -c releases.adopted)" 2
# The older adoption, whole and signed by enough owners, moves nothing back.
offer "$HERE/releases.json" second
for n in 1 2 3; do trust "$n" second >/dev/null; done
expect 1 "[PREVIOUS] it says that it is the first list of releases" signer_run 1 trust-releases "$stick/first.adoption.json" --expect "$FIRST"
# Nor where the pinned list was taken away.
cp -r "$HERE/signer-1" "$HERE/signer-lost"
rm "$HERE"/signer-lost/pins/*.releases
expect 1 "[RELEASES] no list of releases is pinned here where one has to be" signer_run lost trust-releases "$stick/first.adoption.json" --expect "$FIRST"

# Each bad one, with its reason.
drafted "$SCRAMBLED"
refused "LAYOUT NOT COMPATIBLE: MOVED tiers, its values, member maxPerTransaction was in slot 1 at byte 0 of the struct, is in slot 1 at byte 16"
grep -qF "CHANGED AND NOT INTENDED: paymaster.getAllTiers().maxPerTx" "$HERE/out" || { cat "$HERE/out"; fail "the value is not seen"; }
drafted "$OTHER"
refused "ANOTHER CONTRACT: no answer any more from: "
grep -qF "listed-code: the code at $OTHER is SetRegistry 1.0.0, and paymaster is a SetPaymaster" "$HERE/out" || { cat "$HERE/out"; fail "no other contract"; }
drafted 0x00000000000000000000000000000000000E0A00
refused "listed-code: there is no code at 0x00000000000000000000000000000000000E0A00"
grep -qF "fit-code: NO CODE at 0x00000000000000000000000000000000000E0A00: it cannot be paymaster's new code" "$HERE/out" || { cat "$HERE/out"; fail "no code"; }
drafted "$OPEN"
refused "fit-code: UNINITIALISED: whoever calls initialize() of $OPEN first controls that code"
drafted "$NOW"
refused "fit-code: SAME CODE: paymaster has the code at $NOW already"
drafted "$AGAIN"
refused "listed-code: the code at $AGAIN has the metadata of SetPaymaster 2.0.0, and another code hash, 0x"
drafted "$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).identity.timelock)' "$HERE/deployment.json")"
refused "NOT UUPS: proxiableUUID() of"
grep -qF "is of no listed release: code hash 0x" "$HERE/out" || { cat "$HERE/out"; fail "listed"; }

# The good one: proposed, and the way back is drafted beside it.
CHANGE=SC-1
LAST=$((LAST + 1))
BACK=SC-$LAST
expect 0 "Rollback  $BACK is drafted: it puts back the code that is there now" console propose SC-1
console show "$BACK" >"$HERE/page"
tr -s "\n " " " <"$HERE/page" | among -F "$NOW" || { cat "$HERE/page"; fail "it goes back elsewhere"; }
expect 0 "back from  SC-1" console show "$BACK"
expect 0 "way back   $BACK" console show SC-1
same "$(console show SC-1 --json | field linked)" "{\"previous\":{\"paymaster\":\"$NOW\"},\"rollback\":\"$BACK\",\"rollbackOf\":null}"
same "$(console show "$BACK" --json | field linked | field rollbackOf)" SC-1
same "$(console show SC-1 --json | field releases | field digest)" "$(digest_of console policy releases)"
expect 0 "before     paymaster $NOW" console show SC-1
expect 0 "Releases  Set Chain releases" console show SC-1
same "$(lines_of SC-1 upgrade.linked)" 1
same "$(lines_of "$BACK" upgrade.linked)" 1

# A signer who has not pinned the list signs nothing that goes by it, nor by another.
packet SC-1 schedule
expect 1 "and none is pinned: setgov-signer trust-releases FILE pins one" signer_run 5 review "$PACKET"
expect 1 "another is pinned" signer_run 4 review "$PACKET"
trust 4 second >/dev/null
# A machine that pinned none before, and the payer's, take it by its phrase.
signer_run 5 trust-releases "$HERE/releases.json" --expect "$DIGEST" >/dev/null
"$signer" trust-releases "$HERE/releases.json" --expect "$DIGEST" --home "$HERE/payer" >/dev/null
one=$(console policy check --packet "$PACKET" --json || true)
two=$(signer_run 1 review "$PACKET" --json | node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0,"utf8")).policy[0],null,2))')
same "$one" "$two"
echo "$one" | among -F "fit to be the code of paymaster, audit report $REPORT, rollback $BACK to $NOW" || { echo "$one"; fail "not fit"; }

# The new code is proven where its account and its lock are.
BLOCK=$(rpc eth_getBlockByNumber '["latest",false]' | field hash)
expect 0 "That is the hash you gave." signer_run 1 review "$PACKET" --plain --block-hash "$BLOCK"
node -e 'const e=JSON.parse(require("fs").readFileSync(process.argv[1])).evidence;
	const at=process.argv[2];if(!e.proofs.accounts.some((x)=>x.address===at&&x.slots.length===1))process.exit(1)' "$PACKET" "$NEXT" || fail "no proof of the new code"

# Facts that did not come along are not good ones.
packet SC-1 schedule --lean
expect 1 "fit-code: the fact code-hash.$NEXT is not known" signer_run 1 review "$PACKET"

# Through to executed.
agree SC-1 schedule 1 2 3
expect 0 "is on chain" submit SC-1 schedule
warp 86401
agree SC-1 execute 1 2 3
expect 0 "is on chain" submit SC-1 execute
same "$(state_of SC-1)" executed
same "$(implementation paymaster)" "$NEXT"

# And back: what the newer version appended is left behind, and that is no break.
expect 1 "passed on the console's word: fit-code: fit to be the code of paymaster, audit report $REPORT, the rollback of SC-1" \
	console policy check "$BACK"
expect 0 "is proposed" console propose "$BACK"
agree "$BACK" schedule 1 2 3
expect 0 "is on chain" submit "$BACK" schedule

# A list that lacks what is scheduled stops it, under the same policy.
node -e 'const fs=require("fs"),p=JSON.parse(fs.readFileSync(process.argv[1]));p.releases=p.releases.filter((r)=>r.version!=="1.0.0");
	fs.writeFileSync(process.argv[2],JSON.stringify(p))' "$HERE/releases.json" "$HERE/recalled.json"
offer "$HERE/recalled.json" recalled
grep -qF "  GOES     SetPaymaster 1.0.0" "$HERE/offered" || { cat "$HERE/offered"; fail "what goes is not said"; }
for n in 1 2 3; do adopt "$n" recalled >/dev/null; done
expect 0 "The list of releases is adopted, and in force here." console collect "$stick"/recalled.p[123].message.json
warp 86401
expect 1 "[POLICY] failed: listed-code: the code at $NOW is of no listed release" console packet "$BACK" --step execute
expect 0 "" console packet "$BACK" --step cancel
expect 0 "3 adoptions, 9 owners' signatures for them" console log verify
