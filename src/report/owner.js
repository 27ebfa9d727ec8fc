// ---- Keccak-256 (the Keccak team's reference, with the padding 0x01 that Ethereum has; not FIPS 202's SHA3) ----------
const LANE = 2n ** 64n - 1n;
const turn = (lane, n) => n === 0n ? lane : (lane << n | lane >> 64n - n) & LANE;

// Rotations in the order in which the lanes are visited, and the constants of the 24 rounds, from their definitions.
const VISITS = [], CONSTANTS = [];
for (let t = 0, x = 1, y = 0; t < 24; t++, [x, y] = [y, (2 * x + 3 * y) % 5])
	VISITS.push([x + 5 * y, BigInt((t + 1) * (t + 2) / 2 % 64)]);
for (let round = 0, bits = 1; round < 24; round++) {
	let constant = 0n;
	for (let j = 0; j < 7; j++, bits = bits << 1 ^ (bits >> 7) * 0x171)
		constant |= BigInt(bits & 1) << BigInt(2 ** j - 1);
	CONSTANTS.push(constant);
}

function permute(lanes) {
	for (const constant of CONSTANTS) {
		const sums = [0, 1, 2, 3, 4].map((x) => lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20]);
		for (let i = 0; i < 25; i++)
			lanes[i] ^= sums[(i + 4) % 5] ^ turn(sums[(i + 1) % 5], 1n);
		let moving = lanes[1];
		for (let t = 0; t < 24; t++) {
			const to = VISITS[(t + 1) % 24][0], held = lanes[to];
			lanes[to] = turn(moving, VISITS[t][1]);
			moving = held;
		}
		for (let y = 0; y < 25; y += 5) {
			const row = lanes.slice(y, y + 5);
			for (let x = 0; x < 5; x++)
				lanes[y + x] = row[x] ^ ~row[(x + 1) % 5] & LANE & row[(x + 2) % 5];
		}
		lanes[0] ^= constant;
	}
}

function keccak256(bytes) {
	const padded = new Uint8Array(136 * (Math.floor(bytes.length / 136) + 1)), lanes = new Array(25).fill(0n);
	padded.set(bytes);
	padded[bytes.length] = 1;
	padded[padded.length - 1] |= 0x80;
	const view = new DataView(padded.buffer);
	for (let at = 0; at < padded.length; at += 136) {
		for (let i = 0; i < 17; i++)
			lanes[i] ^= view.getBigUint64(at + 8 * i, true);
		permute(lanes);
	}
	const out = new DataView(new ArrayBuffer(32));
	for (let i = 0; i < 4; i++)
		out.setBigUint64(8 * i, lanes[i], true);
	return new Uint8Array(out.buffer);
}

// ---- Numbers and words -----------------------------------------------------------------------------------------------
const number = (bytes) => BigInt(`0x${hex(bytes)}`);
const word32 = (value) => unhex(BigInt(value).toString(16).padStart(64, '0'));

// The EIP-55 form of 40 hex digits.
function address(digits) {
	const marks = hex(keccak256(utf8.encode(digits.toLowerCase())));
	return `0x${Array.from(digits.toLowerCase(), (c, i) => marks[i] >= '8' ? c.toUpperCase() : c).join('')}`;
}

// What was typed, in its EIP-55 form; null when it is none, or its mixed case is another. One case has no checksum.
function readAddress(text) {
	const digits = /^0x([0-9a-fA-F]{40})$/.exec(text)?.[1], right = digits && address(digits);
	const spellings = digits === undefined ? [] : [right.slice(2), digits.toLowerCase(), digits.toUpperCase()];
	return spellings.includes(digits) ? right : null;
}

// ---- secp256k1 (SEC 2, 2.4.1): whose signature it is (SEC 1, 4.1.6) --------------------------------------------------
const FIELD = 2n ** 256n - 2n ** 32n - 977n;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const BASE = [0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
	0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n, 1n];
const mod = (a, m = FIELD) => (a % m + m) % m;

function power(base, exponent, m) {
	let out = 1n;
	for (let a = base, e = exponent; e > 0n; e >>= 1n, a = a * a % m)
		if (e & 1n)
			out = out * a % m;
	return out;
}
const inverse = (a, m) => power(a, m - 2n, m);      // m is prime

// (x : y : z) stands for (x/z, y/z). Complete: right for equal points and for none (0 : 1 : 0) too (Renes, Costello and
// Batina 2016, algorithm 7 as formulas, b = 7).
function add([x, y, z], [u, v, w]) {
	const xu = x * u % FIELD, yv = y * v % FIELD, zw = 21n * z * w % FIELD;
	const xv = (x * v + u * y) % FIELD, yw = (y * w + v * z) % FIELD, xw = (x * w + u * z) % FIELD;
	return [mod(xv * (yv - zw) - 21n * yw * xw), mod((yv + zw) * (yv - zw) + 63n * xu * xw), (yw * (yv + zw) + 3n * xu * xv) % FIELD];
}

// a times p plus b times q.
function combine(a, p, b, q) {
	const both = add(p, q);
	let out = [0n, 1n, 0n];
	for (let bit = 255n; bit >= 0n; bit--) {
		out = add(out, out);
		const inA = a >> bit & 1n, inB = b >> bit & 1n;
		if (inA || inB)
			out = add(out, inA && inB ? both : inA ? p : q);
	}
	return out;
}

// The address whose key signed this digest; null where nobody's did. 65 bytes r, s, v; s in the lower half (EIP-2) and
// v 27 or 28: any other writing of the same signature is refused.
function recover(digest, signature) {
	if (signature.length !== 65)
		return null;
	const r = number(signature.subarray(0, 32)), s = number(signature.subarray(32, 64)), v = signature[64];
	if (r === 0n || r >= ORDER || s === 0n || s > ORDER / 2n || (v !== 27 && v !== 28))
		return null;
	const square = (r * r * r + 7n) % FIELD, root = power(square, (FIELD + 1n) / 4n, FIELD);
	if (root * root % FIELD !== square)
		return null;
	const point = [r, (root & 1n) === BigInt(v - 27) ? root : FIELD - root, 1n], byR = inverse(r, ORDER);
	const [x, y, z] = combine(mod(-number(digest) * byR, ORDER), BASE, s * byR % ORDER, point);
	if (z === 0n)
		return null;
	const byZ = inverse(z, FIELD);
	return address(hex(keccak256(join(word32(x * byZ % FIELD), word32(y * byZ % FIELD))).subarray(12)));
}

// ---- Our own messages (EIP-712; docs/messages.md) --------------------------------------------------------------------
const hashOf = (text) => keccak256(utf8.encode(text));
const typedDigest = (domain, type, values) => keccak256(join(Uint8Array.of(0x19, 1), domain, keccak256(join(hashOf(type), ...values))));

// A Safe is written as "chain id:address".
function readSafe(text) {
	const parts = /^([1-9][0-9]{0,77}):(0x[0-9a-fA-F]{40})$/.exec(text), at = parts && readAddress(parts[2]);
	return at === null ? null : { chain: BigInt(parts[1]), address: at, text: `${parts[1]}:${at}` };
}

// The digest that an owner of this Safe signs. Values are 32 bytes each: a string is there as its hash.
function messageDigest(safe, type, values) {
	const domain = keccak256(join(
		hashOf('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
		hashOf('setgov'), hashOf('1'), word32(safe.chain), word32(safe.address)));
	return typedDigest(domain, type, values);
}
const checkpointDigest = (safe, origin, size, root) =>
	messageDigest(safe, 'LogCheckpoint(string origin,uint256 size,bytes32 root)', [hashOf(origin), word32(size), unhex(root)]);
