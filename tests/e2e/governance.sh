#!/usr/bin/env bash
# Who holds a deployment: each fact of the report with the event that set it, held against a node asked by somebody else,
# and with a state proof that a program which is not ours walks again. Then what no change of the log did: owners written
# into storage without an event, one that is on no list, a module, a role, code, a handler, a delay, a node that lies.
set -euo pipefail
. "$(dirname "$0")/../support/e2e.sh"
ready
SAFE=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).identity.safe' "$HERE/deployment.json")
TIMELOCK=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).identity.timelock' "$HERE/deployment.json")
REGISTRY=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).identity.contracts.registry.address' "$HERE/deployment.json")
PAYMASTER=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).identity.contracts.paymaster.address' "$HERE/deployment.json")
PAYER=$(address_of payer)
ROGUE=0x7777777777777777777777777777777777777777

report() { console report deployment -o "$HERE/report.json" >/dev/null; }
# cell SECTION FIRST[/SECOND] COLUMN: of the row whose first cell, or first two cells, are these
cell() {
	node -e 'const [file, id, key, column] = process.argv.slice(1), s = JSON.parse(require("fs").readFileSync(file)).sections.find((v) => v.id === id);
		const row = s.rows.find((r) => [r.cells[s.columns[0]], r.cells[s.columns[0]] + "/" + r.cells[s.columns[1]]].includes(key));
		if (!row) { console.error("no row " + key); process.exit(1); }
		console.log(column === "mark" ? row.mark : row.cells[column]);' "$HERE/report.json" "$@"
}
finding() { # finding CODE TEXT: there is one that says so
	node -e 'const [file, code, text] = process.argv.slice(1), s = JSON.parse(require("fs").readFileSync(file)).sections.find((v) => v.id === "findings");
		if (!s.rows.some((r) => r.cells.code === code && r.cells.finding.includes(text))) {
			console.error(s.rows.map((r) => r.cells.code + ": " + r.cells.finding).join("\n")); process.exit(1); }' "$HERE/report.json" "$@" ||
		fail "no finding $1 says \"$2\""
}
no_findings() { same "$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).sections.find((v) => v.id === "findings").rows.length' "$HERE/report.json")" 0; }
# Every event that a row names, asked of the node by its transaction: the same block, hash and place, and that topic.
events_are_there() {
	node -e 'const { id } = require("./contracts/node_modules/ethers"), [file, url] = process.argv.slice(1);
		const types = { SafeSetup: "address,address[],uint256,address,address", ProxyCreation: "address,address", AddedOwner: "address",
			RemovedOwner: "address", ChangedThreshold: "uint256", EnabledModule: "address", ChangedFallbackHandler: "address", MinDelayChange: "uint256,uint256",
			RoleGranted: "bytes32,address,address", RoleRevoked: "bytes32,address,address", OwnershipTransferred: "address,address", Upgraded: "address",
			TimelockDeployed: "uint256,uint256,uint256,address", DisabledModule: "address",
			ExecutionFromModuleSuccess: "address" };
		const ask = async (method, ...params) => (await (await fetch(url, { method: "POST", headers: { "content-type": "application/json" },
			body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) })).json()).result;
		(async () => { let n = 0;
			for (const s of JSON.parse(require("fs").readFileSync(file)).sections) for (const { cells: c } of s.rows) {
				if (!c.tx_hash) continue;
				const name = c.set_by ?? c.event, r = await ask("eth_getTransactionReceipt", c.tx_hash);
				const log = r.logs.find((l) => Number(l.logIndex) === Number(c.log_index));
				if (!log || log.topics[0] !== id(`${name}(${types[name]})`) || log.blockHash !== c.block_hash || Number(log.blockNumber) !== Number(c.block_number))
					throw new Error(`${s.id}: ${JSON.stringify(c)}`);
				n++; }
			console.log(n); })().catch((e) => { console.error(e.message); process.exit(1); });' "$HERE/report.json" "$(cat "$HERE/rpc-url")"
}
proofs_walk() { node tests/support/state_proofs.mjs "$HERE/report.json" "$(rpc eth_getBlockByNumber '["latest",false]' | field hash)"; }
as() { # as FROM TO DATA: whoever that is, without his key
	rpc anvil_setBalance "[\"$1\",\"0x8ac7230489e80000\"]" >/dev/null
	rpc anvil_impersonateAccount "[\"$1\"]" >/dev/null
	rpc eth_sendTransaction "[{\"from\":\"$1\",\"to\":\"$2\",\"data\":\"$3\"}]" | field result >/dev/null
}
encode() { node -p 'const { Interface } = require("./contracts/node_modules/ethers"); new Interface(["function " + process.argv[1]]).encodeFunctionData(process.argv[1].split("(")[0], process.argv.slice(2))' "$@"; }
listed() { node -p 'const { keccak256, zeroPadValue, toBeHex } = require("./contracts/node_modules/ethers"); keccak256(zeroPadValue(process.argv[1], 32) + toBeHex(process.argv[2], 32).slice(2))' "$@"; }
word() { node -p 'require("./contracts/node_modules/ethers").zeroPadValue(process.argv[1], 32)' "$1"; }
store() { rpc anvil_setStorageAt "[\"$1\",\"$2\",\"$3\"]" | field result >/dev/null; rpc anvil_mine '["0x1"]' >/dev/null; }
load() { rpc eth_getStorageAt "[\"$1\",\"$2\",\"latest\"]" | field result; }

# As it was deployed: everything has its event and its proof, all three sources agree, and nothing is found.
report
no_findings
for fact in threshold singleton guard fallback_handler deployment setup_delegated_to; do
	same "$(cell safe $fact block_number)" 4
done
same "$(cell safe singleton set_by)" ProxyCreation
case $(cell safe singleton_code_hash value) in "0xb1f92697"*" (as published of SafeL2 1.4.1)") ;; *) fail "not the published code" ;; esac
same "$(cell signers p1 set_by)" SafeSetup
same "$(cell roles proposer set_by)" RoleGranted
same "$(cell timelock min_delay set_by)" MinDelayChange
same "$(cell contracts registry/implementation set_by)" Upgraded
same "$(cell timelock admin_given_up value)" "nobody but the timelock was ever given it"
for fact in safe.owners safe.owner_count safe.modules safe.threshold safe.nonce safe.guard safe.fallback_handler safe.singleton \
	timelock.min_delay timelock.proposers timelock.executors timelock.cancellers timelock.admins registry.owner registry.implementation; do
	same "$(cell sources $fact agree)" yes
done
same "$(cell checklist "Events, getters and state proofs agree" answer)" yes
[ "$(events_are_there)" -ge 40 ] || fail "too few events"
expect 0 "walked" proofs_walk
[ "$(cut -d' ' -f1 "$HERE/out")" -ge 40 ] || fail "too few proofs"

# A page carries them, too, and is what was logged.
console report deployment -o "$HERE/report.html" --json >"$HERE/summary"
console log prove entry 0 --size "$(field size <"$HERE/summary")" --json >"$HERE/proof"
expect 0 "verified" node tests/support/read_page.mjs "$HERE/report.html" "$(field root <"$HERE/proof")" "$(field vkey <"$HERE/proof")"
node -e 'const fs = require("fs"), page = fs.readFileSync(process.argv[2], "utf8");
	for (const r of JSON.parse(fs.readFileSync(process.argv[1])).sections.find((s) => s.id === "state_proof_nodes").rows)
		if (!page.includes(r.cells.rlp)) process.exit(1);' "$HERE/report.json" "$HERE/report.html" || fail "a node is not in the page"

# A proof with one digit changed, a word, a root, another block: each is seen by who walks it again.
forged() { # forged TEXT JAVASCRIPT
	node -e 'const fs = require("fs"), r = JSON.parse(fs.readFileSync(process.argv[1])), rows = (id) => r.sections.find((s) => s.id === id).rows.map((v) => v.cells);
		const flip = (hex) => hex.slice(0, -1) + (hex.at(-1) === "1" ? "2" : "1");
		eval(process.argv[3]); fs.writeFileSync(process.argv[2], JSON.stringify(r));' "$HERE/report.json" "$HERE/forged.json" "$2"
	expect 1 "$1" node tests/support/state_proofs.mjs "$HERE/forged.json" "$(cell state_proof_header block_hash value)"
}
forged "is not the one that is named" 'const n = rows("state_proof_nodes")[3]; n.rlp = flip(n.rlp)'
forged "the proof says" 'const s = rows("state_proofs").find((v) => v.what.includes("how many owners have to sign")); s.word = flip(s.word)'
forged "says something else" 'const a = rows("state_proof_accounts")[0]; a.code_hash = flip(a.code_hash)'
forged "the header is not that of block" 'const h = rows("state_proof_header").find((v) => v.field === "header"); h.value = flip(h.value)'

# What changes of the log did is theirs: a direct one, and one by way of the timelock.
console draft safe.set-fallback-handler handler=0x0000000000000000000000000000000000000000 --title 'No handler' --reason 'Drill' >/dev/null
console propose SC-1 >/dev/null
agree SC-1 execute 1 2 3
submit SC-1 execute >/dev/null
console draft timelock.update-delay delay=2d --title 'Longer' --reason 'Policy' >/dev/null
console propose SC-2 >/dev/null
agree SC-2 schedule 1 2 3
submit SC-2 schedule >/dev/null
warp 86400
agree SC-2 execute 1 2 3
submit SC-2 execute >/dev/null
report
no_findings
same "$(cell safe fallback_handler change)" SC-1
same "$(cell safe fallback_handler value)" none
same "$(cell sources safe.fallback_handler agree)" yes
same "$(cell timelock min_delay change)" SC-2
same "$(cell safe guard change)" "not by a change of this log"
same "$(cell sources safe.nonce by_events)" 3
events_are_there >/dev/null
expect 0 "walked" proofs_walk

# An owner written into storage, as a delegatecall can: no event says so. The getters show him, and so do the proofs.
SENTINEL=0x0000000000000000000000000000000000000001
FIRST=$(load "$SAFE" "$(listed $SENTINEL 2)")
node="$(rpc evm_snapshot | field result)"
store "$SAFE" "$(listed $ROGUE 2)" "$FIRST"
store "$SAFE" "$(listed $SENTINEL 2)" "$(word $ROGUE)"
store "$SAFE" "$(word 0x03)" "$(word 0x06)"
report
same "$(cell sources safe.owners agree)" NO
same "$(cell sources safe.owners mark)" finding
same "$(cell sources safe.owner_count by_proof)" 6
finding SOURCES "safe.owners: by events "
finding OWNERS "$ROGUE is one and should not be"
same "$(cell checklist "Events, getters and state proofs agree" answer)" no
same "$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).sections.find((v) => v.id === "signers").rows.find((r) => r.cells.address === process.argv[2]).mark' "$HERE/report.json" $ROGUE)" finding
expect 0 "walked" proofs_walk
rpc evm_revert "[\"$node\"]" >/dev/null

# Somebody who is on no list, and whose signature the Safe takes all the same: the mapping has him.
node="$(rpc evm_snapshot | field result)"
store "$SAFE" "$(listed "$PAYER" 2)" "$(word $SENTINEL)"
report
same "$(cell sources safe.owners agree)" yes
finding OWNERS "$PAYER (payer) counts as an owner of the Safe by its storage and is not on the Safe's list"
same "$(cell checklist "The Safe's owners are those of the profile" answer)" no
expect 0 "walked" proofs_walk
rpc evm_revert "[\"$node\"]" >/dev/null

# Guard, handler, a proxy's admin, the singleton and its code: each slot by itself.
node="$(rpc evm_snapshot | field result)"
SINGLETON=0x29fcB43b46531BcA003ddC8FCB67FFE91900C762
rpc anvil_setCode "[\"$ROGUE\",\"$(rpc eth_getCode "[\"$SINGLETON\",\"latest\"]" | field result)00\"]" >/dev/null
store "$SAFE" "$(word 0x00)" "$(word $ROGUE)"
store "$SAFE" 0x4a204f620c8c5ccdca3fd54d003badd85ba500436a431f0cbda4f558c93c34c8 "$(word $ROGUE)"
store "$SAFE" 0x6c9a6c4a39284e37ed1cf53d337577d14212a4870fb976a4366c693b939918d5 "$(word $ROGUE)"
store "$REGISTRY" 0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103 "$(word $ROGUE)"
report
finding SOURCES "safe.guard: by events none; by getters $ROGUE; by state proofs $ROGUE"
finding GUARD "$ROGUE"
finding HANDLER "$ROGUE"
finding PROXY-ADMIN "registry has the proxy admin $ROGUE"
same "$(cell contracts registry/proxy_admin mark)" finding
finding SINGLETON "the code at $ROGUE is not what the Safe project published as 1.4.1"
finding SOURCES "safe.singleton: by events $SINGLETON"
same "$(cell safe singleton_code_hash mark)" finding
rpc evm_revert "[\"$node\"]" >/dev/null

# A module that was enabled directly, and what it may do: its event is there, and no change of the log.
as "$SAFE" "$SAFE" "$(encode 'enableModule(address)' $ROGUE)"
report
same "$(cell safe module value)" $ROGUE
same "$(cell safe module mark)" finding
same "$(cell safe module change)" "not by a change of this log"
same "$(cell safe module set_by)" EnabledModule
same "$(cell sources safe.modules agree)" yes
finding UNKNOWN-CHANGE "EnabledModule of $SAFE (this Safe)"
finding MODULES "$ROGUE"
as $ROGUE "$SAFE" "$(encode 'execTransactionFromModule(address,uint256,bytes,uint8)' "$SAFE" 0 "$(encode 'changeThreshold(uint256)' 1)" 0)"
report
same "$(cell safe threshold change)" "not by a change of this log"
finding UNKNOWN-CHANGE "ChangedThreshold of $SAFE (this Safe)"
finding UNKNOWN-CHANGE "ExecutionFromModuleSuccess of $SAFE (this Safe)"
finding THRESHOLD "one signature alone moves the Safe"

# The timelock's own powers, used past the log: somebody of the profile becomes admin, and a contract another's.
as "$TIMELOCK" "$TIMELOCK" "$(encode 'grantRole(bytes32,address)' "0x$(printf '0%.0s' $(seq 64))" "$PAYER")"
as "$TIMELOCK" "$PAYMASTER" "$(encode 'transferOwnership(address)' $ROGUE)"
report
finding ROLE "$PAYER (payer) is admin of the timelock"
same "$(cell timelock admin_given_up mark)" finding
same "$(cell sources timelock.admins agree)" yes
same "$(cell contracts paymaster/owner mark)" finding
finding OWNER "belongs to $ROGUE"
as "$TIMELOCK" "$TIMELOCK" "$(encode 'revokeRole(bytes32,address)' "0x$(printf '0%.0s' $(seq 64))" "$PAYER")"
report
same "$(cell timelock admin_given_up value)" "yes, by $PAYER (payer)"
same "$(cell timelock admin_given_up set_by)" RoleRevoked
events_are_there >/dev/null
expect 0 "walked" proofs_walk

# A policy's roles name the signers, and its threshold is held against the Safe's.
cp policies/set-chain-mainnet.json "$HERE/console/policy.json"
report
case $(cell signers p3 role) in owner,*) ;; *) fail "p3 has no role: $(cell signers p3 role)" ;; esac
finding THRESHOLD "the policy in force takes it to ask for"

# A list of releases that does not have the code.
printf '{"format":"setgov-releases/1","name":"None","releases":[]}\n' >"$HERE/console/releases.json"
report
finding RELEASE "the code behind registry, at "
same "$(cell contracts registry/release mark)" finding
node -e 'const [code, file] = process.argv.slice(1), h = (c) => c.repeat(64);
	const list = (contract) => ({ format: "setgov-releases/1", name: "One", releases: [{ contract, version: "1.2.0", codeHash: code, metadata: null, layout: h("1"), audit: null, exception: "a drill" }] });
	const fs = require("fs"); fs.writeFileSync(file, JSON.stringify(list("SetRegistry"))); fs.writeFileSync(file + ".other", JSON.stringify(list("SetPaymaster")));' \
	"$(cell contracts registry/implementation_code_hash value)" "$HERE/console/releases.json"
report
same "$(cell contracts registry/release value)" "SetRegistry 1.2.0"
same "$(cell contracts registry/release mark)" "as it should be"
same "$(cell contracts paymaster/release mark)" finding
mv "$HERE/console/releases.json.other" "$HERE/console/releases.json"        # the same code, as a release of another contract
report
same "$(cell contracts registry/release mark)" finding
rm "$HERE/console/releases.json"

# A node without proofs: the report says whose word it is. One whose calls lie: the proofs show it.
node tests/support/between.mjs "$HERE" "$(cat "$HERE/rpc-url")" &
between=$!
trap 'kill $between 2>/dev/null; finish' EXIT
until [ -e "$HERE/between-url" ]; do sleep 0.1; done
sed -i "s|$(cat "$HERE/rpc-url")|$(cat "$HERE/between-url")|" "$HERE/console/deployment.json"
echo eth_getProof >"$HERE/missing"
report
same "$(cell sources safe.threshold agree)" "as far as it is known"
same "$(cell checklist "Events, getters and state proofs agree" answer)" "not known"
case $(cell safe threshold proof) in "none: "*eth_getProof*) ;; *) fail "no reason: $(cell safe threshold proof)" ;; esac
rm "$HERE/missing"
printf '0xe75235b8 %s\n' "$(word 0x03)" >"$HERE/lies"
report
same "$(cell safe threshold value)" "3 of 5"
finding SOURCES "safe.threshold: by events 1; by getters 3; by state proofs 1"
rm "$HERE/lies"
expect 0 "The log is whole." console log verify --offline
