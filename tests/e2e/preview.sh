#!/bin/bash
# setgov preview on a real chain: what a change does, what it does by accident, and why it would fail, before anybody
# signs; and the simulation in the packet's evidence.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"

ready
RPC=$(cat "$HERE/node/rpc-url")
LAST=0
drafted() { # drafted ACTION…: CHANGE is its id
	LAST=$((LAST + 1))
	CHANGE=SC-$LAST
	console draft "$@" --title t --reason r >/dev/null
}
clean() { # clean TEXT: previewed, nothing wrong or unintended, and it says this
	expect 0 "$1" console preview "$CHANGE"
	! grep -q "NOT" "$HERE/out" || { cat "$HERE/out"; fail "$CHANGE is not clean"; }
}
stained() { expect 1 "$1" console preview "$CHANGE"; }

# Each kind of action changes what it says, and nothing else.
drafted sequencer.rotate old=$OLD new=$NEW
clean "registry: $NEW may act as a sequencer"
grep -q "^    false  ->  true" "$HERE/out" || fail "no before and after"
grep -q "registry SequencerAuthorized(sequencer $NEW, authorized true)" "$HERE/out" || fail "no event"
! grep -q UNNAMED "$HERE/out" || fail "an unnamed slot"
drafted sequencer.authorize sequencer=$NEW
clean "registry.authorizedSequencerCount()"
drafted paymaster.create-tier name=Gold perTx="1 ether" perDay="2 ether" perMonth="3 ether"
clean "paymaster.tiers(2).maxPerDay"
drafted paymaster.update-tier tier=0 perTx="0.0005 ether" perDay="0.005 ether" perMonth="0.05 ether"
clean "0.001 ether  ->  0.0005 ether"
! grep -q TRUNCATED "$HERE/out" || { cat "$HERE/out"; fail "a round amount is said to be cut"; }
drafted timelock.update-delay delay=48h
clean "86400 s = 1 day  ->  172800 s = 2 days"
drafted timelock.grant-role role=proposer account=$NEW
clean "has the role proposer"
drafted registry.pause
clean "registry.getRegistryStats().isPaused"
drafted safe.add-owner owner=$NEW threshold=3
clean "true, in the list before"
drafted registry.strict-mode on=true
clean "Did not change"

# A raw call: nothing says what it means to change.
drafted call.raw to=registry data=0x8456cb59
stained "CHANGED AND NOT INTENDED"
grep -q "registry.paused()" "$HERE/out" || { cat "$HERE/out"; fail "the pause is not seen"; }

# What would fail, and why: in the contract's words.
drafted call.raw to=registry data=0x3f4ba83a
stained "IT FAILS: execute: ExpectedPause()"
drafted contract.upgrade contract=registry implementation="$(field timelock <"$HERE/deployment.json")"
stained "IT FAILS: execute: ERC1967InvalidImplementation"

# An upgrade that is a version of the same contract, and one that silently scrambles live values.
cat >"$HERE/next.sol" <<'SOL'
// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;
import "SetPaymaster.sol";
contract Next is SetPaymaster { uint256 public reserve; }
SOL
sed -e 's/uint128 maxPerTransaction; \/\/ wei/uint128 maxPerDay;/; s/uint128 maxPerDay; \/\/ wei/uint128 maxPerTransaction;/' \
	-e 's/contract SetPaymaster is/contract Scrambled is/' contracts/src/SetPaymaster.sol >"$HERE/scrambled.sol"
! cmp -s contracts/src/SetPaymaster.sol "$HERE/scrambled.sol" || fail "nothing was scrambled"
NEXT=$(node tests/support/compile.mjs "$RPC" "$HERE/next.sol" Next | field address)
SCRAMBLED=$(node tests/support/compile.mjs "$RPC" "$HERE/scrambled.sol" Scrambled | field address)
drafted contract.upgrade contract=paymaster implementation="$NEXT"
clean "paymaster: the code behind the contract"
drafted contract.upgrade contract=paymaster implementation="$SCRAMBLED"
stained "CHANGED AND NOT INTENDED"
grep -A1 "paymaster.getAllTiers().maxPerTx" "$HERE/out" | among -F '["1000000000000000","5000000000000000"]  ->  ["10000000000000000"' ||
	{ cat "$HERE/out"; fail "a scrambled tier is not seen"; }
# The compiler's word about the same two.
layout() { # layout NAME FILE CONTRACT
	node tests/support/compile.mjs "$RPC" "$2" "$3" >"$HERE/$1.json"
}
layout next "$HERE/next.sol" Next
layout scrambled "$HERE/scrambled.sol" Scrambled
expect 0 "APPENDED    reserve (uint256, slot 50) is new" "$setgov" upgrade layout build/contracts/SetPaymaster.json "$HERE/next.json"
expect 1 "MOVED       tiers, its values, member maxPerTransaction was in slot 1 at byte 0 of the struct, is in slot 1 at byte 16" \
	"$setgov" upgrade layout build/contracts/SetPaymaster.json "$HERE/scrambled.json"
expect 3 "storage" "$setgov" upgrade layout contracts/layouts.json "$HERE/next.json"
# Another contract's code: what the paymaster answers, it answers no more.
drafted contract.upgrade contract=paymaster implementation="$(console status --json | node -e '
	const s = JSON.parse(require("fs").readFileSync(0)); console.log(s.contracts.find((c) => c.name === "registry").implementation)')"
stained "no answer"

# What an implementation has to be, each reason by itself.
sed -e 's/_disableInitializers();//' -e 's/contract SetPaymaster is/contract Open is/' contracts/src/SetPaymaster.sol >"$HERE/open.sol"
OPEN=$(node tests/support/compile.mjs "$RPC" "$HERE/open.sol" Open | field address)
drafted contract.upgrade contract=paymaster implementation="$OPEN"
stained "UNINITIALISED: whoever calls initialize()"
drafted contract.upgrade contract=paymaster implementation=0x00000000000000000000000000000000000e0a00
stained "NO CODE at"
drafted contract.upgrade contract=paymaster implementation="$(console status --json | node -e '
	const s = JSON.parse(require("fs").readFileSync(0)); console.log(s.contracts.find((c) => c.name === "paymaster").implementation)')"
stained "SAME CODE: paymaster has the code at"
drafted contract.upgrade contract=paymaster implementation="$(node -e '
	console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).identity.timelock)' "$HERE/deployment.json")"
stained "NOT UUPS: proxiableUUID() of"

# The operation's own clock: scheduled, then ready; executed, there is nothing left to preview.
CHANGE=SC-1
console propose SC-1 >/dev/null
clean "may act as a sequencer"
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
clean "may act as a sequencer"
warp 86401
agree SC-1 execute 1 2 3
signer_run 1 review "$PACKET" --plain >"$HERE/page"
tr -s "\n " " " <"$HERE/page" | among "The console says that a simulation changed what is intended and nothing else." ||
	{ cat "$HERE/page"; fail "the signer does not see the preview"; }
grep -q "The console says: what its node's simulation changed" "$HERE/page" || { cat "$HERE/page"; fail "the signer has no table"; }
grep -A 24 "Changed as intended" "$HERE/page" | among "false  ->  true" ||
	{ cat "$HERE/page"; fail "the signer's table lacks a value"; }
same "$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).evidence.preview.clean)' "$PACKET")" true
submit SC-1 execute >/dev/null
expect 1 "[DONE]" console preview SC-1

# After it ran, the contracts say what the preview said.
console draft sequencer.rotate old=$OLD new=$NEW --title t --reason r >/dev/null
CHANGE=SC-$((LAST + 1))
clean "Did not change"

# JSON for scripts.
console preview "$CHANGE" --json >"$HERE/json"
same "$(field format <"$HERE/json")" setgov-preview/1
same "$(field clean <"$HERE/json")" true
