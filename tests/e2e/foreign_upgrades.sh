#!/usr/bin/env bash
# Code that nobody here wrote as the new code of a proxy: what answers wrongly, not at all, without end or with too much; what
# scrambles stored values, seen by the layout, by each value, or by both; what keeps the owner where no compiler lists it.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
RPC=$(cat "$HERE/node/rpc-url")
SLOT=0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc
NAMES=()
ARGS=()

# variant NAME SED…: SetPaymaster with that change
variant() {
	NAMES+=("$1")
	ARGS+=("$HERE/$1.sol" Other)
	sed -e 's/contract SetPaymaster is/contract Other is/' "${@:2}" contracts/src/SetPaymaster.sol >"$HERE/$1.sol"
}
# answering NAME BODY: nothing but proxiableUUID() with this body
answering() {
	NAMES+=("$1")
	ARGS+=("$HERE/$1.sol" Other)
	printf 'pragma solidity ^0.8.20;\ncontract Other { function proxiableUUID() external returns (bytes32) { %s } }\n' "$2" \
		>"$HERE/$1.sol"
}
answering wrong 'return bytes32(uint256(1));'
answering reverts 'revert("not me");'
answering hungry 'while (true) { assembly { sstore(gas(), 1) } } return 0;'
answering huge "assembly { mstore(0, $SLOT) return(0, 1000000) }"
answering short "assembly { mstore(0, $SLOT) return(0, 31) }"
variant retyped -e 's/uint256 public minDeposit; .*/uint128 public minDeposit; uint128 public more;/' \
	-e 's/minDeposit = _minDeposit/minDeposit = uint128(_minDeposit)/'
variant swapped -e 's/^    address public treasury; .*/    uint256 public minDeposit; \/\/X/' \
	-e 's/^    uint256 public minDeposit; \/\/ .*/    address public treasury;/'
variant shrunk -e 's/uint256\[43\] private __gap/uint256[41] private __gap/'
variant parent -e 's/contract Other is \|contract SetPaymaster is /contract Before { uint256 public before; } contract Other is Before, /'
variant member -e 's/uint8 tierId; .*/uint64 tierId;/' -e 's/uint8(_tierId)/uint64(_tierId)/'
# The same in everything that the compiler lists, but its owner is looked for in another namespace, where nobody is.
variant owner
cat >"$HERE/ownable" <<'SOL'
import "@openzeppelin/contracts-upgradeable/proxy/utils/Initializable.sol";
abstract contract OwnableUpgradeable is Initializable {
    modifier onlyOwner() { require(msg.sender == owner()); _; }
    function owner() public view returns (address o) { assembly { o := sload(0x1234) } }
    function __Ownable_init(address o) internal { assembly { sstore(0x1234, o) } }
}
SOL
sed -i -e "/^import.*OwnableUpgradeable/{r $HERE/ownable" -e 'd}' "$HERE/owner.sol"

node tests/support/compile.mjs "$RPC" "${ARGS[@]}" >"$HERE/all.json"
for i in "${!NAMES[@]}"; do sed -n "$((i + 1))p" "$HERE/all.json" >"$HERE/${NAMES[i]}.json"; done
at() { node -e 'const {getAddress}=require("./contracts/node_modules/ethers");
	console.log(getAddress(JSON.parse(require("fs").readFileSync(process.argv[1])).address))' "$HERE/$1.json"; }
cat >"$HERE/policy.json" <<'JSON'
{"format":"setgov-policy/1","name":"P","semantics":1,"rules":[{"name":"any","why":"w","kind":"allow","for":{}},
 {"name":"fit","why":"w","kind":"upgrade","for":{"actions":["contract.upgrade"]},
  "checks":["uups","changed","initialised","contract","preview"]}]}
JSON

# A merchant, so that what is in the mapping is looked at, too.
console draft paymaster.sponsor-merchant "merchant=$NEW" tier=1 --title T --reason R >/dev/null
console propose SC-1 >/dev/null
agree SC-1 schedule 1 2 3
submit SC-1 schedule >/dev/null
warp 86400
agree SC-1 execute 1 2 3
submit SC-1 execute >/dev/null

# judged NAME STATUS TEXT: what the policy says of it, by what the chain and the simulation say
judged() {
	local id
	id=$(console draft contract.upgrade contract=paymaster "implementation=$(at "$1")" --title T --reason R --json | field change)
	expect "$2" "$3" console policy check "$id" --policy "$HERE/policy.json"
}
# laid_out NAME STATUS TEXT: what the layout says of it
laid_out() { expect "$2" "$3" "$setgov" upgrade layout build/contracts/SetPaymaster.json "$HERE/$1.json"; }

for name in wrong reverts hungry huge short; do
	judged $name 1 "NOT UUPS: proxiableUUID() of $(at $name) does not answer with the ERC-1967 slot; UNINITIALISED"
	laid_out $name 1 "REMOVED     treasury (slot 4, byte 0) is not there any more"
done
judged swapped 1 "paymaster.minDeposit() 10000000000000000 -> "
laid_out swapped 1 "MOVED       minDeposit was in slot 5 at byte 0, is in slot 4 at byte 0"
judged parent 1 "paymaster.tiers(1).name Growth -> "
laid_out parent 1 "MOVED       tiers was in slot 0 at byte 0, is in slot 1 at byte 0"
# Three bytes more than a uint8 can say: the getter's answer is none.
judged member 1 "paymaster.merchantSponsorship($NEW).tierId"
laid_out member 1 "RETYPED     merchantSponsorship, its values, member tierId was uint8, is uint64"
# No value is another yet: that is what the layout is for.
judged retyped 0 "fit to be the code of paymaster"
laid_out retyped 1 "REPACKED    more is new in slot 5 at byte 16, between old variables"
judged shrunk 0 "fit to be the code of paymaster"
laid_out shrunk 1 "GAP         __gap ends before slot 48, ended before slot 50"
# And the other way round. An owner who is lost is never what an upgrade is for.
judged owner 1 "failed: fit: CHANGED AND NOT INTENDED: paymaster: who controls it 0x"
grep -q -- "-> 0x0000000000000000000000000000000000000000" "$HERE/out" || { cat "$HERE/out"; fail "the owner is not seen"; }
laid_out owner 0 "Compatible, as far as the compiler lists storage"
