// Writes safe.json and timelock.json beside itself, with ethers: node tests/vectors/gov/make.mjs (after npm ci in contracts/).
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
const require = createRequire(new URL("../../../contracts/package.json", import.meta.url));
const { AbiCoder, Interface, Signature, TypedDataEncoder, Wallet, concat, getBytes, keccak256, toBeHex,
	zeroPadValue, ZeroAddress, ZeroHash, version } = require("ethers");
const origin = `ethers ${version}, tests/vectors/gov/make.mjs`;
const write = (name, value) => writeFileSync(new URL(name, import.meta.url), JSON.stringify(value, null, 1) + "\n");
const address = n => "0x" + n.toString(16).padStart(2, "0").repeat(20);
const word = n => "0x" + n.toString(16).padStart(2, "0").repeat(32);
const strings = value => JSON.parse(JSON.stringify(value, (k, v) => typeof v === "bigint" ? v.toString() : v));

// ---- the timelock's five calls and its two ids
const timelock = new Interface([
	"function schedule(address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt, uint256 delay)",
	"function scheduleBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt, uint256 delay)",
	"function execute(address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt)",
	"function executeBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt)",
	"function cancel(bytes32 id)",
]);
const coder = AbiCoder.defaultAbiCoder();
const single = (n, data, value) => {
	const input = { target: address(n), value, data, predecessor: word(n + 1), salt: word(n + 2) };
	const args = Object.values(input), delay = 86400n * BigInt(n);
	const id = keccak256(coder.encode(["address", "uint256", "bytes", "bytes32", "bytes32"], args));
	return { input, delay, id, schedule: timelock.encodeFunctionData("schedule", [...args, delay]),
		execute: timelock.encodeFunctionData("execute", args), cancel: timelock.encodeFunctionData("cancel", [id]) };
};
const batch = (n, payloads) => {
	const input = { targets: payloads.map((_, i) => address(n + i)), values: payloads.map((_, i) => BigInt(i) ** 40n),
		payloads, predecessor: ZeroHash, salt: word(n) };
	const args = Object.values(input), delay = 86400n * BigInt(n);
	const id = keccak256(coder.encode(["address[]", "uint256[]", "bytes[]", "bytes32", "bytes32"], args));
	return { input, delay, id, schedule: timelock.encodeFunctionData("scheduleBatch", [...args, delay]),
		execute: timelock.encodeFunctionData("executeBatch", args), cancel: timelock.encodeFunctionData("cancel", [id]) };
};
write("timelock.json", strings({ origin, operations: [single(1, "0x", 0n), single(2, "0x12345678", 2n ** 256n - 1n),
	single(3, "0x" + "ab".repeat(64), 5n), batch(1, ["0x1234"]), batch(2, ["0x", "0x" + "cd".repeat(33)]),
	batch(5, ["0x01", "0x0203", "0x" + "ee".repeat(32), "0x"]), batch(9, [])] }));

// ---- a Safe's signatures of every kind, and execTransaction
const types = { SafeTx: [["address", "to"], ["uint256", "value"], ["bytes", "data"], ["uint8", "operation"],
	["uint256", "safeTxGas"], ["uint256", "baseGas"], ["uint256", "gasPrice"], ["address", "gasToken"],
	["address", "refundReceiver"], ["uint256", "nonce"]].map(([type, name]) => ({ type, name })) };
const wallets = [1, 2, 3, 4, 5].map(n => new Wallet(word(n)));
const domain = { chainId: 84532999, verifyingContract: address(0x5a) };
const tx = { to: address(0x77), value: "3", data: "0x12345678aa", operation: 0, safeTxGas: "0", baseGas: "0", gasPrice: "0",
	gasToken: ZeroAddress, refundReceiver: ZeroAddress, nonce: 7 };
const hash = TypedDataEncoder.hash(domain, types, tx);
const typed = await Promise.all(wallets.map(w => w.signTypedData(domain, types, tx)));
const asMessage = await Promise.all(wallets.map(async w => {
	const s = Signature.from(await w.signMessage(getBytes(hash)));
	return { v: s.v + 4, bytes: concat([s.r, s.s, toBeHex(s.v + 4)]) };
}));
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const highS = sig => { const s = Signature.from(sig); return concat([s.r, toBeHex(N - BigInt(s.s), 32), toBeHex(55 - s.v)]); };
const approved = w => concat([zeroPadValue(w.address, 32), ZeroHash, "0x01"]);
const contract = (who, at) => concat([zeroPadValue(who, 32), toBeHex(at, 32), "0x00"]);
const tail = data => concat([toBeHex(getBytes(data).length, 32), data]);
const entry = (v, type, signer) => ({ v, type, signer });
const eip712 = i => entry(Signature.from(typed[i]).v, "eip712", wallets[i].address);
const blobs = [
	{ blob: typed[0], list: [eip712(0)] },
	{ blob: concat([typed[2], typed[1]]), list: [eip712(2), eip712(1)] },
	{ blob: asMessage[1].bytes, list: [entry(asMessage[1].v, "eth_sign", wallets[1].address)] },
	{ blob: approved(wallets[3]), list: [entry(1, "approvedHash", wallets[3].address)] },
	{ blob: highS(typed[4]), list: [{ ...eip712(4), v: 55 - Signature.from(typed[4]).v }] },
	{ blob: concat([contract(address(9), 65), tail("0x")]), list: [entry(0, "contract", address(9))] },
	{ blob: concat([typed[0], contract(address(9), 260), approved(wallets[2]), contract(address(8), 260 + 32 + 5), tail("0x1122334455"),
		tail(concat([typed[1], typed[2]]))]),
	  list: [eip712(0), entry(0, "contract", address(9)), entry(1, "approvedHash", wallets[2].address),
		entry(0, "contract", address(8))] },
];
const exec = new Interface(["function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, "
	+ "uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures)"]);
const sorted = [...wallets.keys()].sort((a, b) => wallets[a].address.toLowerCase() < wallets[b].address.toLowerCase() ? -1 : 1);
const packed = concat(sorted.map(i => typed[i]));
write("safe.json", strings({ origin, input: { chainId: domain.chainId, safe: domain.verifyingContract, safeVersion: "1.4.1", ...tx },
	safeTxHash: hash, owners: wallets.map((w, i) => ({ key: word(i + 1), address: w.address, signature: typed[i] })), blobs,
	packed, execTransaction: exec.encodeFunctionData("execTransaction", [tx.to, tx.value, tx.data, tx.operation, tx.safeTxGas,
		tx.baseGas, tx.gasPrice, tx.gasToken, tx.refundReceiver, packed]) }));
