// Writes actions.json beside itself, with ethers: node tests/vectors/gov/actions.mjs (after npm ci in contracts/).
// Sentences, reads and undo are setgov's own: they stay as a person has read and left them in actions.json.
import fs from "node:fs";
import { createRequire } from "node:module";
const require = createRequire(new URL("../../../contracts/package.json", import.meta.url));
const file = new URL("actions.json", import.meta.url);
const { Interface, getAddress, keccak256, toUtf8Bytes, version } = require("ethers");
const rep = b => getAddress("0x" + b.repeat(20));
const C = { registry: rep("a1"), paymaster: rep("a2"), payments: rep("a3"), attestation: rep("a4"), safe: rep("70"), timelock: rep("71") };
const A = getAddress("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"), B = getAddress("0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359");
const P = [1,2,3,4,5].map(i => rep("c" + i)), ONE = "0x" + "0".repeat(39) + "1", ZERO = "0x" + "0".repeat(40);
const low = s => s.toLowerCase();
const call = (on, sig, ...args) => ({ data: sig ? new Interface(["function " + sig]).encodeFunctionData(sig.split("(")[0], args) : "0x", to: C[on], value: "0" });
const SEQ = ["attestation", "payments", "registry"];
const seq = (who, on) => SEQ.map(c => call(c, "setSequencerAuthorization(address,bool)", who, on));
const role = n => n == "admin" ? "0x" + "0".repeat(64) : keccak256(toUtf8Bytes(n.toUpperCase() + "_ROLE"));
const E = 10n ** 18n, M128 = (1n << 128n) - 1n, M256 = (1n << 256n) - 1n;
const OP = "0x" + "ab".repeat(32);
const cases = [];
const add = (action, typed, args, calls) => cases.push({ action, typed, args, calls });
for (const [t, v] of [[A, A], [low(B), B]]) {
	add("sequencer.authorize", ["sequencer=" + t], { sequencer: v }, seq(v, true));
	add("sequencer.revoke", ["sequencer=" + t], { sequencer: v }, seq(v, false));
}
add("sequencer.rotate", ["old=" + A, "new=" + B], { old: A, new: B }, [...seq(A, false), ...seq(B, true)]);
add("sequencer.rotate", ["new=" + P[0], "old=" + low(A)], { old: A, new: P[0] }, [...seq(A, false), ...seq(P[0], true)]);
for (const [t, v] of [["true", true], ["off", false]]) {
	add("registry.strict-mode", ["on=" + t], { on: String(v), contract: "registry" }, [call("registry", "setStrictMode(bool)", v)]);
	add("registry.legacy", ["on=" + t, "contract=registry"], { on: String(v), contract: "registry" }, [call("registry", "setLegacyFunctionsEnabled(bool)", v)]);
	add("paymaster.tier-active", ["tier=3", "active=" + t], { tier: "3", active: String(v), contract: "paymaster" }, [call("paymaster", "setTierActive(uint256,bool)", 3, v)]);
	add("paymaster.set-operator", ["operator=" + A, "allowed=" + t], { operator: A, allowed: String(v), contract: "paymaster" }, [call("paymaster", "setOperator(address,bool)", A, v)]);
}
for (const typed of [[], ["contract=registry"]]) {
	add("registry.pause", typed, { contract: "registry" }, [call("registry", "pause()")]);
	add("registry.unpause", typed, { contract: "registry" }, [call("registry", "unpause()")]);
}
for (const typed of [[], ["contract=payments"]]) {
	add("payments.pause", typed, { contract: "payments" }, [call("payments", "pause()")]);
	add("payments.unpause", typed, { contract: "payments" }, [call("payments", "unpause()")]);
}
add("paymaster.create-tier", ["name=Gold", "perTx=0.05 ether", "perDay=1 ether", "perMonth=20ether"], { name: "Gold", perTx: "50000000000000000", perDay: String(E), perMonth: String(20n * E), contract: "paymaster" }, [call("paymaster", "createTier(string,uint256,uint256,uint256)", "Gold", 50000000000000000n, E, 20n * E)]);
add("paymaster.create-tier", ["name=A tier with a name that is longer than thirty-two bytes, caf\u00e9", "perTx=0", "perDay=0", "perMonth=" + M128 + " wei"], { name: "A tier with a name that is longer than thirty-two bytes, caf\u00e9", perTx: "0", perDay: "0", perMonth: String(M128), contract: "paymaster" }, [call("paymaster", "createTier(string,uint256,uint256,uint256)", "A tier with a name that is longer than thirty-two bytes, caf\u00e9", 0, 0, M128)]);
add("paymaster.update-tier", ["tier=0", "perTx=1500 wei", "perDay=20 gwei", "perMonth=20 gwei"], { tier: "0", perTx: "1500", perDay: "20000000000", perMonth: "20000000000", contract: "paymaster" }, [call("paymaster", "updateTier(uint256,uint256,uint256,uint256)", 0, 1500, 20000000000n, 20000000000n)]);
add("paymaster.update-tier", ["tier=300", "perTx=1 ether", "perDay=2 ether", "perMonth=3 ether", "contract=" + C.paymaster], { tier: "300", perTx: String(E), perDay: String(2n*E), perMonth: String(3n*E), contract: "paymaster" }, [call("paymaster", "updateTier(uint256,uint256,uint256,uint256)", 300, E, 2n*E, 3n*E)]);
for (const [t, tier] of [[A, 0], [P[1], 255]]) add("paymaster.sponsor-merchant", ["merchant=" + t, "tier=" + tier], { merchant: t, tier: String(tier), contract: "paymaster" }, [call("paymaster", "sponsorMerchant(address,uint256)", t, tier)]);
for (const t of [A, B]) {
	add("paymaster.revoke-merchant", ["merchant=" + t], { merchant: t, contract: "paymaster" }, [call("paymaster", "revokeMerchant(address)", t)]);
	add("paymaster.set-treasury", ["treasury=" + t], { treasury: t, contract: "paymaster" }, [call("paymaster", "setTreasury(address)", t)]);
	add("payments.set-registry", ["registry=" + t], { registry: t, contract: "payments" }, [call("payments", "setRegistry(address)", t)]);
}
for (const [t, v] of [["0.01 ether", 10n ** 16n], ["1 wei", 1n]]) {
	add("paymaster.set-min-deposit", ["amount=" + t], { amount: String(v), contract: "paymaster" }, [call("paymaster", "setMinDeposit(uint256)", v)]);
	add("paymaster.withdraw", ["amount=" + t], { amount: String(v), contract: "paymaster" }, [call("paymaster", "withdraw(uint256)", v)]);
}
add("payments.configure-asset", ["token=" + A, "enabled=true", "min=1", "max=1000000", "perDay=5000000"], { token: A, enabled: "true", min: "1", max: "1000000", perDay: "5000000", contract: "payments" }, [call("payments", "configureAsset(address,bool,uint256,uint256,uint256)", A, true, 1, 1000000, 5000000)]);
add("payments.configure-asset", ["token=" + A, "enabled=no", "min=0", "max=" + M128, "perDay=" + M128], { token: A, enabled: "false", min: "0", max: String(M128), perDay: String(M128), contract: "payments" }, [call("payments", "configureAsset(address,bool,uint256,uint256,uint256)", A, false, 0, M128, M128)]);
add("contract.upgrade", ["contract=registry", "implementation=" + A], { contract: "registry", implementation: A, data: "0x" }, [call("registry", "upgradeToAndCall(address,bytes)", A, "0x")]);
add("contract.upgrade", ["contract=attestation", "implementation=" + B, "data=0xDEADBEEF"], { contract: "attestation", implementation: B, data: "0xdeadbeef" }, [call("attestation", "upgradeToAndCall(address,bytes)", B, "0xdeadbeef")]);
add("ownership.transfer", ["contract=paymaster", "owner=" + A], { contract: "paymaster", owner: A }, [call("paymaster", "transferOwnership(address)", A)]);
for (const c of ["payments", "paymaster"])
	add("contract.upgrade", ["contract=" + c, "implementation=" + A], { contract: c, implementation: A, data: "0x" },
		[call(c, "upgradeToAndCall(address,bytes)", A, "0x")]);
for (const c of ["registry", "attestation"])
	add("ownership.transfer", ["contract=" + c, "owner=" + B], { contract: c, owner: B },
		[call(c, "transferOwnership(address)", B)]);
add("ownership.transfer", ["contract=payments", "owner=" + C.safe], { contract: "payments", owner: C.safe }, [call("payments", "transferOwnership(address)", C.safe)]);
for (const [t, v] of [["24h", 86400], ["5 min", 300], ["2592000", 2592000]]) add("timelock.update-delay", ["delay=" + t], { delay: String(v) }, [call("timelock", "updateDelay(uint256)", v)]);
for (const r of ["proposer", "executor", "canceller", "admin"]) {
	add("timelock.grant-role", ["role=" + r, "account=" + P[2]], { role: r, account: P[2] }, [call("timelock", "grantRole(bytes32,address)", role(r), P[2])]);
	add("timelock.revoke-role", ["role=" + r, "account=" + C.safe], { role: r, account: C.safe }, [call("timelock", "revokeRole(bytes32,address)", role(r), C.safe)]);
}
add("timelock.cancel", ["operation=" + OP], { operation: OP }, [call("timelock", "cancel(bytes32)", OP)]);
add("timelock.cancel", ["operation=" + OP.replace(/ab/g, "0C")], { operation: OP.replace(/ab/g, "0c") }, [call("timelock", "cancel(bytes32)", OP.replace(/ab/g, "0c"))]);
for (const n of ["0", "9007199254740991"]) add("safe.reject", ["nonce=" + n], { nonce: n }, [call("safe")]);
for (const [w, n] of [[A, 1], [B, 6]]) add("safe.add-owner", ["owner=" + w, "threshold=" + n], { owner: w, threshold: String(n) }, [call("safe", "addOwnerWithThreshold(address,uint256)", w, n)]);
add("safe.remove-owner", ["owner=" + P[0], "threshold=1", "prev=" + ONE], { owner: P[0], threshold: "1", prev: ONE }, [call("safe", "removeOwner(address,address,uint256)", ONE, P[0], 1)]);
add("safe.remove-owner", ["owner=" + P[4], "threshold=4", "prev=" + P[3]], { owner: P[4], threshold: "4", prev: P[3] }, [call("safe", "removeOwner(address,address,uint256)", P[3], P[4], 4)]);
add("safe.swap-owner", ["old=" + P[0], "new=" + A, "prev=" + ONE], { old: P[0], new: A, prev: ONE }, [call("safe", "swapOwner(address,address,address)", ONE, P[0], A)]);
add("safe.swap-owner", ["old=" + P[3], "new=" + B, "prev=" + P[2]], { old: P[3], new: B, prev: P[2] }, [call("safe", "swapOwner(address,address,address)", P[2], P[3], B)]);
for (const n of [1, 5]) add("safe.change-threshold", ["threshold=" + n], { threshold: String(n) }, [call("safe", "changeThreshold(uint256)", n)]);
for (const w of [A, B]) {
	add("safe.enable-module", ["module=" + w], { module: w }, [call("safe", "enableModule(address)", w)]);
	add("safe.disable-module", ["module=" + w, "prev=" + ONE], { module: w, prev: ONE }, [call("safe", "disableModule(address,address)", ONE, w)]);
}
for (const w of [A, ZERO]) {
	add("safe.set-guard", ["guard=" + w], { guard: w }, [call("safe", "setGuard(address)", w)]);
	add("safe.set-fallback-handler", ["handler=" + w], { handler: w }, [call("safe", "setFallbackHandler(address)", w)]);
}
const raw = call("registry", "renounceOwnership()");
add("call.raw", ["to=registry", "data=" + raw.data], { to: "registry", value: "0", data: raw.data }, [raw]);
const up = { ...call("paymaster", "upgradeToAndCall(address,bytes)", A, "0x1234"), value: "1000000000000000" };
add("call.raw", ["to=" + C.paymaster, "value=0.001 ether", "data=" + up.data], { to: "paymaster", value: "1000000000000000", data: up.data }, [up]);
const before = JSON.parse(fs.readFileSync(file, "utf8")).cases;
const kept = c => before.find(b => JSON.stringify([b.action, b.typed]) === JSON.stringify([c.action, c.typed]))
	?? { say: "", undo: null, deescalates: false, reads: [] };
const profile = { format: "setgov-deployment/1", identity: { name: "actions", class: "test", chainId: 84532999, genesisHash: "0x" + "11".repeat(32), safe: C.safe, safeVersion: "1.4.1", threshold: 3, timelock: C.timelock,
	contracts: Object.fromEntries([["payments", "SetPaymentBatch"], ["registry", "SetRegistry"], ["paymaster", "SetPaymaster"], ["attestation", "SequencerAttestation"], ["safe", "Safe"], ["timelock", "SetTimelock"]].map(([n, abi]) => [n, { abi, address: C[n] }])),
	people: [...P.map((address, i) => ({ id: "p" + (i + 1), address, owner: true })), { id: "payer", address: rep("c9"), owner: false }],
	feeCaps: { maxFeePerGas: "200 gwei", maxPriorityFeePerGas: "5 gwei", gas: 2000000 } } };
const doc = { origin: `Calls: ethers ${version}, tests/vectors/gov/actions.mjs, Interface.encodeFunctionData; roles: its keccak256. Sentences: setgov's own, read by a person.`, profile,
	cases: cases.map(c => ({ ...kept(c), ...c })) };
const lines = doc.cases.map(c => JSON.stringify(c)).join(",\n");
fs.writeFileSync(file, `{\n"origin": ${JSON.stringify(doc.origin)},\n"profile": ${JSON.stringify(profile)},\n"cases": [\n${lines}\n]\n}\n`);
