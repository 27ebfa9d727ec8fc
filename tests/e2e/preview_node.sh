#!/bin/bash
# What setgov preview asks of a node, and of which: two round trips whatever the change, a plain word where a node lacks a
# method, steps by whoever holds the role, and values that only events tell of.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"

start_node
make_keys
deploy "$OLD"
data() { # data SIGNATURE JSON-ARGS: calldata
	node -e '
		const { Interface } = require(process.cwd() + "/contracts/node_modules/ethers");
		const [signature, args] = [process.argv[1], JSON.parse(process.argv[2])];
		console.log(new Interface([`function ${signature}`]).encodeFunctionData(signature.split("(")[0], args));' "$@"
}
# One contract more than the demo has, for its setter that keeps less than it announces.
sed -e 's/_disableInitializers();//' -e 's/contract SetPaymentBatch is/contract Payments is/' contracts/src/SetPaymentBatch.sol >"$HERE/payments.sol"
PAYMENTS=$(node tests/support/compile.mjs "$(cat "$HERE/rpc-url")" "$HERE/payments.sol" Payments | field address)
TIMELOCK=$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).identity.timelock)' "$HERE/deployment.json")
rpc eth_sendTransaction "[{\"from\":$(rpc eth_accounts | node -e 'console.log(JSON.stringify(JSON.parse(require("fs").readFileSync(0)).result[0]))'),
	\"to\":\"$PAYMENTS\",\"data\":\"$(data 'initialize(address,address,address)' "[\"$TIMELOCK\",\"$OLD\",\"$TIMELOCK\"]")\"}]" >/dev/null
node -e '
	const fs = require("fs"), { getAddress } = require(process.cwd() + "/contracts/node_modules/ethers");
	const [file, address] = process.argv.slice(1), d = JSON.parse(fs.readFileSync(file));
	d.identity.contracts.payments = { abi: "SetPaymentBatch", address: getAddress(address) };
	fs.writeFileSync(file, JSON.stringify(d));' "$HERE/deployment.json" "$PAYMENTS"
trust_all
node tests/support/between.mjs "$HERE" "$(cat "$HERE/rpc-url")" &
between=$!
trap 'kill $between 2>/dev/null; finish' EXIT
for _ in $(seq 200); do [ ! -e "$HERE/between-url" ] || break; sleep 0.05; done
node -e '
	const fs = require("fs"), [file, url] = process.argv.slice(1);
	const d = JSON.parse(fs.readFileSync(file));
	d.local.endpoints = [{ name: "between", url }];
	fs.writeFileSync(file, JSON.stringify(d));' "$HERE/console/deployment.json" "$(cat "$HERE/between-url")"
LAST=0
drafted() { # drafted ACTION…: CHANGE is its id
	LAST=$((LAST + 1))
	CHANGE=SC-$LAST
	console draft "$@" --title t --reason r >/dev/null
}
# What was asked of the node, a request a line, behind what opening the chain asks: identity, newest block, block by hash.
asked() { tail -n +4 "$HERE/asked"; }
trips() { # trips N COMMAND…: the command ends well and asks N times
	local n=$1
	shift
	rm -f "$HERE/asked"
	"$@" >"$HERE/out" 2>&1 || { cat "$HERE/out"; fail "$*"; }
	same "$(head -n 3 "$HERE/asked" | tr '\n' '|')" "eth_chainId eth_getBlockByNumber|eth_getBlockByNumber|eth_getBalance|"
	same "$(asked | wc -l)" "$n"
}

# Two round trips: facts (and events), then simulations, trace and code together.
drafted sequencer.rotate old=$OLD new=$NEW
trips 2 console preview "$CHANGE"
asked | head -n 1 | among "eth_getLogs" || { asked; fail "events are not in the first"; }
same "$(asked | tail -n 1)" "eth_simulateV1*2 eth_getCode*3 debug_traceCall"
grep -q "  schedule by the Safe, by its own execTransaction; that 3 of its 5 owners approve is taken for given" "$HERE/out" ||
	{ cat "$HERE/out"; fail "it does not say who"; }
# An upgrade asks for more, in the same two.
NEXT=$(console status --json | node -e '
	const s = JSON.parse(require("fs").readFileSync(0)); console.log(s.contracts.find((c) => c.name === "registry").implementation)')
drafted contract.upgrade contract=paymaster implementation="$NEXT"
rm -f "$HERE/asked"
expect 1 "NOT" console preview "$CHANGE"
same "$(asked | wc -l)" 2

# A node that gives events only in short pages costs more trips, and nothing else.
touch "$HERE/short-logs"
warp 1; warp 1; rpc anvil_mine '["0x20"]' >/dev/null
CHANGE=SC-1
expect 0 "Did not change" console preview "$CHANGE"
! grep -q "was not looked at" "$HERE/out" || fail "the events were not read in pages"
rm "$HERE/short-logs"

# Nodes that lack a method: the rest is shown, and what is missing is said.
echo debug_traceCall >"$HERE/missing"
expect 0 "storage was not compared: between.debug_traceCall: the node answers -32601" console preview SC-1
grep -q "Changed as intended" "$HERE/out" || fail "nothing but a warning"
echo eth_getLogs >"$HERE/missing"
expect 0 "what the contracts' events speak of was not looked at: the method eth_getLogs does not exist" console preview SC-1
echo eth_simulateV1 >"$HERE/missing"
expect 4 "between.eth_simulateV1: the node answers -32601" console preview SC-1
# A packet is made all the same, and says that it carries none.
console propose SC-1 >/dev/null
expect 0 "without a preview: between.eth_simulateV1: the node answers -32601" console packet SC-1
console withdraw SC-1 --reason "it was for this test" >/dev/null
rm "$HERE/missing"


# What only events tell of: a merchant, a tier and a sequencer that no argument names, moved by accident.
run() { # run ACTION…: proposed, scheduled, executed
	drafted "$@"
	console propose "$CHANGE" >/dev/null
	agree "$CHANGE" schedule 1 2 3
	submit "$CHANGE" schedule >/dev/null
	warp 86401
	agree "$CHANGE" execute 1 2 3
	submit "$CHANGE" execute >/dev/null
}
MERCHANT=0x3333333333333333333333333333333333333333
TOKEN=0x4444444444444444444444444444444444444444
run paymaster.sponsor-merchant merchant=$MERCHANT tier=1 + paymaster.create-tier name=Gold perTx="1 ether" perDay="2 ether" perMonth="3 ether" + \
	sequencer.authorize sequencer=$NEW + payments.configure-asset token=$TOKEN enabled=true min=1 max=100 perDay=1000
drafted call.raw to=paymaster data="$(data 'updateTier(uint256,uint256,uint256,uint256)' '[2,7,8,9]')"
expect 1 "paymaster.tiers(2).maxPerDay" console preview "$CHANGE"
drafted call.raw to=paymaster data="$(data 'revokeMerchant(address)' "[\"$MERCHANT\"]")"
expect 1 "paymaster.getMerchantDetails($MERCHANT).active" console preview "$CHANGE"
drafted registry.strict-mode on=true
expect 0 "Did not change" console preview "$CHANGE" --all
grep -q "registry.authorizedSequencers($NEW)" "$HERE/out" || { cat "$HERE/out"; fail "a sequencer that an event made known is not read"; }

# Setters that keep less than they announce, also where nothing else changes.
drafted call.raw to=payments data="$(data 'configureAsset(address,bool,uint256,uint256,uint256)' \
	"[\"$TOKEN\",true,1,100,\"340282366920938463463374607431768211461\"]")"
expect 1 "TRUNCATED: event AssetConfigured says 340282366920938463463374607431768211461, payments.getAssetConfig($TOKEN).dailyLimit is 5: the contract keeps at most 128 bits" \
	console preview "$CHANGE"
drafted call.raw to=paymaster data="$(data 'sponsorMerchant(address,uint256)' "[\"$MERCHANT\",257]")"
expect 1 "IT FAILS: execute: InvalidTier()" console preview "$CHANGE"

# Storage that nobody has a name for is flagged.
drafted call.raw to=paymaster data="$(data 'setMinDeposit(uint256)' '[7]')"
expect 1 "paymaster.minDeposit()" console preview "$CHANGE"
! grep -q UNNAMED "$HERE/out" || { cat "$HERE/out"; fail "a known slot is not named"; }
sed -e 's/minDeposit = _minDeposit;/minDeposit = _minDeposit; assembly { sstore(0x7777, 1) }/' -e 's/contract SetPaymaster is/contract Secret is/' \
	contracts/src/SetPaymaster.sol >"$HERE/secret.sol"
SECRET=$(node tests/support/compile.mjs "$(cat "$HERE/rpc-url")" "$HERE/secret.sol" Secret | field address)
drafted call.raw to=paymaster data="$(data 'upgradeToAndCall(address,bytes)' "[\"$SECRET\",\"$(data 'setMinDeposit(uint256)' '[8]')\"]")"
expect 1 "UNNAMED: paymaster slot 0x0000000000000000000000000000000000000000000000000000000000007777" console preview "$CHANGE"
grep -q "1 storage slot that nobody here has a name for differs: see UNNAMED" "$HERE/out" || { cat "$HERE/out"; fail "an unnamed slot is not flagged"; }

# Steps by whoever has the role. Asked for by --by, also by somebody who has not: the contract's own words.
drafted registry.pause
expect 1 "IT FAILS: schedule: AccessControlUnauthorizedAccount" console preview "$CHANGE" --by p2
grep -q "schedule by p2 (0x[0-9a-fA-F]*), as asked for by --by" "$HERE/out" || { cat "$HERE/out"; fail "not by p2"; }
drafted safe.change-threshold threshold=2
expect 2 "--by is for steps of the timelock: this one the Safe makes by itself" console preview "$CHANGE" --by p2
expect 0 "execute by the Safe, by its own execTransaction" console preview "$CHANGE"
as_timelock() { # as_timelock SIGNATURE JSON-ARGS: the timelock's own call to itself, as if an operation had made it
	rpc anvil_setBalance "[\"$TIMELOCK\",\"0xde0b6b3a7640000\"]" >/dev/null
	rpc anvil_impersonateAccount "[\"$TIMELOCK\"]" >/dev/null
	rpc eth_sendTransaction "[{\"from\":\"$TIMELOCK\",\"to\":\"$TIMELOCK\",\"data\":\"$(data "$1" "$2")\"}]" >/dev/null
}
SAFE=$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).identity.safe)' "$HERE/deployment.json")
EXECUTOR=0xd8aa0f3194971a2a116679f7c2090f6939c8d4e01a2a8d7e41d55e5351469e63
STRANGER=0x5555555555555555555555555555555555555555
drafted registry.strict-mode on=false
by() { # by TEXT: the execute of $CHANGE is run so, and runs
	expect 0 "  execute by $1" console preview "$CHANGE"
	grep -q "  schedule by the Safe, by its own execTransaction" "$HERE/out" || { cat "$HERE/out"; fail "the Safe still schedules"; }
}
as_timelock 'grantRole(bytes32,address)' "[\"$EXECUTOR\",\"$STRANGER\"]"
as_timelock 'revokeRole(bytes32,address)' "[\"$EXECUTOR\",\"$SAFE\"]"
by "$STRANGER, who has the role executor"
as_timelock 'grantRole(bytes32,address)' "[\"$EXECUTOR\",\"$(address_of signer-4)\"]"
by "p4 ($(address_of signer-4)), who has the role executor"
as_timelock 'grantRole(bytes32,address)' "[\"$EXECUTOR\",\"0x0000000000000000000000000000000000000000\"]"
expect 0 "for anyone: the role executor is open" console preview "$CHANGE"

# A cancel is previewed as what it is, and only of what is scheduled.
expect 1 "[NOT-SCHEDULED]" console preview "$CHANGE" --step cancel
console propose "$CHANGE" >/dev/null
agree "$CHANGE" schedule 1 2 3
submit "$CHANGE" schedule >/dev/null
expect 0 "timelock: the operation of $CHANGE is scheduled" console preview "$CHANGE" --step cancel
grep -q "^    true  ->  false" "$HERE/out" || { cat "$HERE/out"; fail "no before and after of a cancel"; }
packet "$CHANGE" cancel
same "$(node -e 'console.log(JSON.parse(require("fs").readFileSync(process.argv[1])).evidence.preview.clean)' "$PACKET")" true

# The Safe's own no is told from the call's: a guard that lets nothing through.
echo 'contract Guard { fallback() external { revert("closed"); } }' >"$HERE/guard.sol"
GUARD=$(node tests/support/compile.mjs "$(cat "$HERE/rpc-url")" "$HERE/guard.sol" Guard | field address)
rpc anvil_setStorageAt "[\"$SAFE\",\"0x4a204f620c8c5ccdca3fd54d003badd85ba500436a431f0cbda4f558c93c34c8\",\"0x000000000000000000000000${GUARD:2}\"]" >/dev/null
rpc anvil_mine >/dev/null
expect 1 "IT FAILS: cancel: the Safe itself refuses (its guard, or how it is set up): \"closed\"" console preview "$CHANGE" --step cancel
rpc anvil_setStorageAt "[\"$SAFE\",\"0x4a204f620c8c5ccdca3fd54d003badd85ba500436a431f0cbda4f558c93c34c8\",\"0x$(printf '0%.0s' $(seq 64))\"]" >/dev/null

# A call to an address without code succeeds on chain and does nothing.
rpc anvil_setCode "[\"$PAYMENTS\",\"0x\"]" >/dev/null
rpc anvil_mine >/dev/null
drafted call.raw to=payments data="$(data 'pause()' '[]')"
expect 0 "NO CODE at" console preview "$CHANGE"
