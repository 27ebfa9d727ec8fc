// The hashes and signatures of a report's page (src/report/hash.js, owner.js, step.js), without a page: against the vectors,
// and against ethers with fresh keys. What Ethereum refuses of a signature is refused here.
//     node page_program.mjs
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { Wallet, TypedDataEncoder, getBytes, keccak256: ethersKeccak, randomBytes, getAddress } =
	createRequire(new URL('../../contracts/package.json', import.meta.url))('ethers');
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const NAMES = 'sha256,keccak256,hex,unhex,recover,readAddress,readSafe,messageDigest,checkpointDigest,hashOf,word32,stepCall,safeTxHash';
const page = new Function(`${read('src/report/hash.js')}${read('src/report/owner.js')}${read('src/report/step.js')};return {${NAMES}}`)();
const { hex, unhex, recover, word32 } = page;
let checks = 0, failures = 0;
const check = (ok, text) => { checks++; if (!ok) { failures++; console.error(`page_program.mjs: ${text}`); } };

for (const { in: text, out } of JSON.parse(read('tests/vectors/crypto/sha256.json')).cases)
	check(hex(page.sha256(unhex(text), '')) === out, `SHA-256 of ${text.slice(0, 40)}`);
for (const n of [0, 1, 7, 8, 31, 32, 135, 136, 137, 271, 272, 273, 1000]) {
	const bytes = randomBytes(n);
	check(`0x${hex(page.keccak256(bytes))}` === ethersKeccak(bytes), `Keccak-256 of ${n} bytes`);
}

// ---- signatures ----
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const FIELD = 2n ** 256n - 2n ** 32n - 977n;
const signature = (r, s, v) => Uint8Array.from([...word32(r), ...word32(s), v]);
const refused = (digest, r, s, v, why) => check(recover(digest, signature(r, s, v)) === null, `accepted: ${why}`);
for (const c of JSON.parse(read('tests/vectors/crypto/sig.json')).cases) {
	const digest = unhex(c.digest), r = BigInt(`0x${c.r}`), s = BigInt(`0x${c.s}`), who = getAddress(`0x${c.address}`);
	check(recover(digest, signature(r, s, c.v)) === who, `the signature of ${c.address} over ${c.digest}`);
	check(recover(digest, signature(r, s, 55 - c.v)) !== who, 'the other v is the same signer');
	refused(digest, r, ORDER - s, 55 - c.v, 's in the upper half, v turned');
	for (const v of [0, 1, 2, 26, 29, 30, 31, 32, 35, 255, c.v - 27])
		refused(digest, r, s, v, `v ${v}`);
	refused(digest, 0n, s, c.v, 'r is zero');
	refused(digest, r, 0n, c.v, 's is zero');
	refused(digest, ORDER, s, c.v, 'r is the order');
	refused(digest, FIELD, s, c.v, 'r is the field');
	refused(digest, r, ORDER, c.v, 's is the order');
	refused(digest, 5n, s, c.v, 'no point has this x');
	check(recover(digest, signature(r, s, c.v).subarray(0, 64)) === null, 'accepted: 64 bytes');
	check(recover(digest, Uint8Array.from([...signature(r, s, c.v), 0])) === null, 'accepted: 66 bytes');
}
// R is the generator, and s·R = z·G: nobody's key. With another z it is somebody's.
const GENERATOR_X = 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n;
refused(word32(5n), GENERATOR_X, 5n, 27, 'a key that is no point');
check(recover(word32(6n), signature(GENERATOR_X, 5n, 27)) !== null, 'a point is refused');
for (let i = 0; i < 30; i++) {
	const wallet = Wallet.createRandom(), digest = randomBytes(32);
	check(recover(digest, getBytes(wallet.signingKey.sign(digest).serialized)) === wallet.address, `ethers, ${wallet.privateKey}`);
}

// ---- addresses ----
for (let i = 0; i < 30; i++) {
	const { address } = Wallet.createRandom();
	const turned = address.replace(/[a-fA-F]/, (c) => (c < 'a' ? c.toLowerCase() : c.toUpperCase()));
	const mixed = /[a-f]/.test(turned) && /[A-F]/.test(turned);
	check(page.readAddress(address) === address && page.readAddress(address.toLowerCase()) === address &&
		page.readAddress(`0x${address.slice(2).toUpperCase()}`) === address, `${address} is one`);
	check(!mixed || page.readAddress(turned) === null, `${turned}: accepted`);
}
for (const { text } of JSON.parse(read('tests/vectors/evm/address-bad.json')).cases)
	check(page.readAddress(text) === null, `${text}: accepted`);
check(page.readAddress(`0x${'1'.repeat(40)}`) === `0x${'1'.repeat(40)}`, 'an address without a letter');
for (const text of ['', '1', `1:${'1'.repeat(40)}`, `0:0x${'1'.repeat(40)}`, `01:0x${'1'.repeat(40)}`, `1: 0x${'1'.repeat(40)}`, `eth:0x${'1'.repeat(40)}`])
	check(page.readSafe(text) === null, `"${text}": accepted as a Safe`);

// ---- our own messages ----
const safe = page.readSafe('84532999:0x41675C099F32341bf84BFc5382aF534df5C7461a');
const domain = { name: 'setgov', version: '1', chainId: 84532999, verifyingContract: safe.address };
const [A, B] = ['11', '22'].map((pair) => pair.repeat(32)), account = '0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf';
const member = (type) => (name) => ({ name, type }), [string, bytes32, uint64, uint256] = ['string', 'bytes32', 'uint64', 'uint256'].map(member);
for (const [name, members, values, words] of [
	['LogCheckpoint', [string('origin'), uint256('size'), bytes32('root')], { origin: 'o', size: 40, root: `0x${A}` },
		[page.hashOf('o'), word32(40), unhex(A)]],
	['PolicyAdoption', [string('origin'), bytes32('deployment'), bytes32('policy'), bytes32('previous'), uint64('expires')],
		{ origin: 'o', deployment: `0x${A}`, policy: `0x${B}`, previous: `0x${A}`, expires: 1795000000 },
		[page.hashOf('o'), unhex(A), unhex(B), unhex(A), word32(1795000000)]],
	['ReleasesAdoption', [string('origin'), bytes32('deployment'), bytes32('releases'), bytes32('previous'), uint64('expires')],
		{ origin: 'o', deployment: `0x${A}`, releases: `0x${B}`, previous: `0x${A}`, expires: 1795000000 },
		[page.hashOf('o'), unhex(A), unhex(B), unhex(A), word32(1795000000)]],
	['KeyAttestation', [string('origin'), bytes32('deployment'), string('change'), member('address')('account')],
		{ origin: 'o', deployment: `0x${A}`, change: 'SC-7', account }, [page.hashOf('o'), unhex(A), page.hashOf('SC-7'), word32(account)]],
	['LogSuccession', [string('origin'), uint256('size'), bytes32('root'), bytes32('newKey')], { origin: 'o', size: 40, root: `0x${A}`, newKey: `0x${B}` },
		[page.hashOf('o'), word32(40), unhex(A), unhex(B)]]]) {
	const type = `${name}(${members.map((m) => `${m.type} ${m.name}`).join()})`;
	check(read('src/report/verify.js').includes(type) || read('src/report/owner.js').includes(type), `the page does not know ${type}`);
	check(`0x${hex(page.messageDigest(safe, type, words))}` === TypedDataEncoder.hash(domain, { [name]: members }, values), name);
}
check(hex(page.checkpointDigest(safe, 'setgov/84532999/log', 40, 'ab'.repeat(32))) ===
	'f0b991b11e6bad5a768546542190b6a747102e7f343d3d29b5be1cdbe64cd4ce', 'the digest in docs/messages.md');

// ---- what a step signs ----
const to = getAddress('0x52908400098527886e0f7030069857d2e4169ee7');
for (const { input: v, delay, id, schedule, execute, cancel } of JSON.parse(read('tests/vectors/gov/timelock.json')).operations) {
	const targets = v.targets ?? [v.target], values = v.values ?? [v.value], payloads = v.payloads ?? [v.data];
	if (v.targets !== undefined && targets.length === 1)
		continue;            // one call is no batch with us
	const calls = targets.map((target, i) => ({ to: getAddress(target), value: values[i], data: payloads[i] }));
	const call = (step) => page.stepCall(step, { route: 'timelock', calls, predecessor: v.predecessor, delay }, v.salt, to);
	for (const [step, data] of Object.entries({ schedule, execute, cancel }))
		check(`0x${hex(call(step).data)}` === data && call(step).to === to, `${step} of ${id}`);
	check(call('execute').value === values.reduce((sum, value) => sum + BigInt(value), 0n) && call('schedule').value === 0n, `value of ${id}`);
}
const plain = ({ operation, safeTxGas, baseGas, gasPrice, gasToken, refundReceiver }) =>
	[operation, safeTxGas, baseGas, gasPrice, gasToken, refundReceiver].every((v) => BigInt(v) === 0n);
const safes = JSON.parse(read('tests/vectors/safe-tx.json')).vectors.filter((v) => plain(v.input) && v.input.safeVersion === '1.3.0');
check(safes.length > 10, 'no Safe transactions');
for (const { id, input: v, expect } of safes) {
	const of = page.readSafe(`${v.chainId}:${v.safe}`), call = { to: v.to, value: BigInt(v.value), data: unhex(v.data.slice(2)) };
	check(`0x${hex(page.safeTxHash(of, call, v.nonce))}` === expect.safeTxHash, id);
}
for (const bad of [{ data: '0x123' }, { data: '0xAB' }, { data: '' }, { to: to.toLowerCase() }, { value: '0x1' }, { value: '01' }, { value: '-1' }, { value: '' }]) {
	let refusal = null;
	try { page.stepCall('execute', { route: 'direct', calls: [{ data: '0x', to, value: '0', ...bad }] }); } catch (e) { refusal = e.message; }
	check(refusal === 'its calls cannot be read', `${JSON.stringify(bad)}: ${refusal}`);
}

console.log(`${checks} checks of the page's hashes and signatures`);
process.exit(failures ? 1 : 0);
