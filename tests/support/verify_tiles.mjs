// Verifies a log served as C2SP tlog-tiles, written from c2sp.org/tlog-tiles alone: reads the checkpoint, then only the
// files that a log of that size has to have, from a directory or over HTTP. The signature is judged by Sigstore's code.
//     node verify_tiles.mjs DIR|URL VKEY
// Exit status 0 and the size, or 1 and the first thing that is wrong.
import { createHash, createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(new URL('../../contracts/package.json', import.meta.url));
const { verifyCheckpoint } = require('@sigstore/verify/dist/timestamp/checkpoint.js');
const [from, vkey] = process.argv.slice(2);
const wrong = (text) => { console.error(text); process.exit(1); };
const get = async (name) => {
	if (!/^http:/.test(from)) return readFileSync(`${from}/${name}`);
	const reply = await fetch(`${from}/${name}`);
	return reply.ok ? Buffer.from(await reply.arrayBuffer()) : wrong(`${name}: ${reply.status}`);
};
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
function root(hashes) {
	if (hashes.length === 0) return sha256('');
	if (hashes.length === 1) return hashes[0];
	let k = 1;
	while (k * 2 < hashes.length) k *= 2;
	return sha256(Buffer.of(1), root(hashes.slice(0, k)), root(hashes.slice(k)));
}
// "All but the last path element are encoded with an x prefix": 1234067 is x001/x234/067.
const number = (n) => {
	const groups = [];
	for (let left = n; left > 0 || groups.length === 0; left = Math.floor(left / 1000))
		groups.unshift(String(left % 1000).padStart(3, '0'));
	return groups.map((g, i) => (i < groups.length - 1 ? `x${g}` : g)).join('/');
};
const name = (kind, n, width) => `tile/${kind}/${number(n)}${width < 256 ? `.p/${width}` : ''}`;
const widths = (count) => Array.from({ length: Math.ceil(count / 256) }, (_, i) => Math.min(256, count - 256 * i));

const envelope = (await get('checkpoint')).toString();
const [origin, sizeText, head] = envelope.split('\n');
const size = Number(sizeText);
const [, id, key] = vkey.match(/\+([0-9a-f]{8})\+(.+)$/);
const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key, 'base64').subarray(1)]);
const log = { logID: Buffer.from(id, 'hex'), publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }),
	validFor: { start: new Date(0), end: new Date(8e15) } };
if (origin !== vkey.slice(0, vkey.indexOf('+'))) wrong('checkpoint: another origin');
try {
	verifyCheckpoint({ integratedTime: '0',
		inclusionProof: { checkpoint: { envelope }, rootHash: Buffer.from(head, 'base64') } }, [log]);
} catch (e) {
	wrong(`checkpoint: ${e.message}`);
}

let hashes = [], lines = 0;
for (const [n, width] of widths(size).entries()) {
	const bundle = await get(name('entries', n, width));
	let at = 0;
	for (let i = 0; i < width; i++) {
		const length = bundle.readUInt16BE(at), entry = bundle.subarray(at + 2, at + 2 + length);
		if (entry.length !== length || JSON.parse(entry).seq !== lines++) wrong(`entries ${n}: entry ${i}`);
		hashes.push(sha256(Buffer.of(0), entry));
		at += 2 + length;
	}
	if (at !== bundle.length) wrong(`entries ${n}: more than ${width} entries`);
}
if (root(hashes).toString('base64') !== head) wrong('the entries have another root than the checkpoint');
for (let level = 0; hashes.length > 0; level++) {
	const above = [];
	for (const [n, width] of widths(hashes.length).entries()) {
		const tile = hashes.slice(256 * n, 256 * n + width);
		if (!Buffer.concat(tile).equals(await get(name(level, n, width)))) wrong(`tile ${n} of level ${level}`);
		if (width === 256) above.push(root(tile));
	}
	hashes = above;
}
console.log(size);
