// Cosignatures by other hands: makes a C2SP witness's (cosignature/v1, from the specification's text, with node's own
// crypto), and judges what `log checkpoint --cosigned --json` hands out, owners' signatures with ethers.
//     node cosign.mjs vkey SEED NAME                    a witness's key, from 64 hex digits
//     node cosign.mjs witness SEED NAME NOTE TIME       the note with the witness's line below it
//     node cosign.mjs resign KEYFILE NOTE               the note's text under a signature by the log's own key
//     node cosign.mjs adoption FILE CHAIN SAFE          who signed a policy's adoption; or exit status 1
//     node cosign.mjs judge FILE CHAIN SAFE             one line for each signature that holds; or exit status 1
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const { verifyTypedData } = createRequire(new URL('../../contracts/package.json', import.meta.url))('ethers');
const [what, ...args] = process.argv.slice(2);
const hex = (s) => Buffer.from(s, 'hex');
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
const publicOf = (raw) => createPublicKey({ key: Buffer.concat([hex('302a300506032b6570032100'), raw]), format: 'der', type: 'spki' });
const message = (time, text) => Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
const textOf = (note) => note.slice(0, note.lastIndexOf('\n\n') + 1);

function witness(seed, name) {
	const secret = createPrivateKey({ key: Buffer.concat([hex('302e020100300506032b657004220420'), hex(seed)]), format: 'der', type: 'pkcs8' });
	const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
	const key = Buffer.concat([Buffer.of(4), raw]), id = sha256(name, '\n', key).subarray(0, 4);
	return { secret, id, vkey: `${name}+${id.toString('hex')}+${key.toString('base64')}` };
}

if (what === 'vkey') {
	console.log(witness(...args).vkey);
} else if (what === 'witness') {
	const [seed, name, file, time] = args, note = readFileSync(file, 'utf8'), w = witness(seed, name);
	const seconds = Buffer.alloc(8);
	seconds.writeBigUInt64BE(BigInt(time));
	const bytes = Buffer.concat([w.id, seconds, sign(null, message(time, textOf(note)), w.secret)]);
	process.stdout.write(`${note}\u2014 ${name} ${bytes.toString('base64')}\n`);
} else if (what === 'resign') {
	const [name, id, base64] = readFileSync(args[0], 'utf8').trim().slice('PRIVATE+KEY+'.length).split(/\+(?=[0-9a-f]{8}\+)|(?<=\+[0-9a-f]{8})\+/);
	const secret = createPrivateKey({ key: Buffer.concat([hex('302e020100300506032b657004220420'), Buffer.from(base64, 'base64').subarray(1)]),
		format: 'der', type: 'pkcs8' });
	const text = textOf(readFileSync(args[1], 'utf8'));
	process.stdout.write(`${text}\n\u2014 ${name} ${Buffer.concat([hex(id), sign(null, Buffer.from(text), secret)]).toString('base64')}\n`);
} else if (what === 'adoption') {
	const [file, chainId, verifyingContract] = args, said = JSON.parse(readFileSync(file));
	const bytes32 = (name) => ({ name, type: 'bytes32' });
	const by = verifyTypedData({ name: 'setgov', version: '1', chainId, verifyingContract },
		{ PolicyAdoption: [{ name: 'origin', type: 'string' }, bytes32('deployment'), bytes32('policy'), bytes32('previous'),
			{ name: 'expires', type: 'uint64' }] }, said.message, said.signature);
	if (by !== said.by) process.exit(1);
	console.log(by);
} else {
	const [file, chainId, verifyingContract] = args, said = JSON.parse(readFileSync(file));
	const text = textOf(said.note), [origin, size, root] = text.split('\n');
	if (Number(size) !== said.size || Buffer.from(root, 'base64').toString('hex') !== said.root) process.exit(1);
	const uint256 = 'uint256', types = { LogCheckpoint: [{ name: 'origin', type: 'string' }, { name: 'size', type: uint256 },
		{ name: 'root', type: 'bytes32' }] };
	for (const c of said.cosignatures) {
		if (c.by === 'owner') {
			const by = verifyTypedData({ name: 'setgov', version: '1', chainId, verifyingContract }, types,
				{ origin, size, root: `0x${said.root}` }, `0x${c.signature}`);
			if (by !== c.key) process.exit(1);
			console.log(`owner ${by}`);
			continue;
		}
		const [name, id, key] = c.key.split(/\+(?=[0-9a-f]{8}\+)|(?<=\+[0-9a-f]{8})\+/), raw = Buffer.from(key, 'base64').subarray(1);
		const line = `\u2014 ${name} ${Buffer.concat([hex(id), hex(c.signature)]).toString('base64')}\n`;
		if (!said.note.endsWith(line) && !said.note.includes(`\n${line}`)) process.exit(1);
		if (!verify(null, message(c.time, text), publicOf(raw), hex(c.signature).subarray(8))) process.exit(1);
		console.log(`witness ${name}`);
	}
}
