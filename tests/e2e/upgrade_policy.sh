#!/usr/bin/env bash
# Upgrades under a policy, on a real chain: a good one passes through to executed, with its rollback drafted beside it; each
# kind of bad one is refused when it is proposed, with the reason; the list of releases is taken over and pinned on its own.
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

# The list is taken over with a line in the log, and with the layouts that it names.
OTHER=$(implementation registry)
list() { # list OUT AUDIT-OF-NEXT
	node tests/support/release.mjs "$RPC" "Set Chain releases" "$1" SetPaymaster 1.0.0 "$NOW" build/contracts/SetPaymaster.json "$REPORT" \
		SetPaymaster 2.0.0 "$NEXT" "$HERE/next.json" "$2" SetPaymaster 2.0.0-bad "$SCRAMBLED" "$HERE/scrambled.json" "$REPORT" \
		SetPaymaster 2.0.0-open "$OPEN" "$HERE/open.json" "because it is a test" \
		SetRegistry 1.0.0 "$OTHER" build/contracts/SetRegistry.json "$REPORT"
}
list "$HERE/unaudited.json" none
list "$HERE/releases.json" "$REPORT"
expect 1 "[LAYOUT] no release of the list has this layout" console policy releases "$HERE/releases.json" --adopt \
	--layout build/contracts/SetTimelock.json
expect 0 "SetPaymaster 2.0.0-open" console policy releases "$HERE/unaudited.json" --adopt --layout "$HERE/next.json"
grep -q "audit     NONE, because it is a test" "$HERE/out" || { cat "$HERE/out"; fail "no exception"; }
grep -q "the layout of SetPaymaster 1.0.0 is not in the log" "$HERE/out" || { cat "$HERE/out"; fail "no missing layout"; }

# Not audited, and no exception; a layout that nobody has.
refused "fit-code: LAYOUT: not in the log (setgov policy releases FILE --adopt --layout FILE): "
grep -qF "NO AUDIT: the list of releases has no report about SetPaymaster 2.0.0, and no exception" "$HERE/out" || { cat "$HERE/out"; fail "no audit"; }
expect 0 "this was" console policy releases "$HERE/releases.json" --adopt --layout build/contracts/SetPaymaster.json \
	--layout "$HERE/scrambled.json" --layout build/contracts/SetRegistry.json
same "$(console log show | grep -c releases.adopted)" 2

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
expect 1 "and none is pinned: setgov-signer trust-releases FILE pins one" signer_run 1 review "$PACKET"
pin trust-releases "$HERE/unaudited.json" "$(digest_of console policy releases "$HERE/unaudited.json")"
expect 1 "another is pinned" signer_run 1 review "$PACKET"
pin trust-releases "$HERE/releases.json" "$(digest_of console policy releases)"
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
expect 0 "SetPaymaster 1.0.0 goes" console policy releases "$HERE/recalled.json" --adopt
warp 86401
expect 1 "[POLICY] failed: listed-code: the code at $NOW is of no listed release" console packet "$BACK" --step execute
expect 0 "" console packet "$BACK" --step cancel
expect 0 "" console log verify
