// Has our proofs judged by somebody else's code: Sigstore's verifier (npm @sigstore/verify) for what is in a log, and the
// text of RFC 9162, section 2.1.4.2, for what a log grew from. No code of ours.
//     node sigstore.mjs entry PROOF LINE VKEY       a C2SP tlog-proof, and the line's bytes in a file
//     node sigstore.mjs growth REQUEST ROOT VKEY    a witness's request, and the old root as hex
// Exit status 0 and the tree's size, or 1 and what is wrong.
import { createHash, createPublicKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(new URL('../../contracts/package.json', import.meta.url));
const { verifyMerkleInclusion } = require('@sigstore/verify/dist/timestamp/merkle.js');
const { verifyCheckpoint } = require('@sigstore/verify/dist/timestamp/checkpoint.js');
const [what, file, third, vkey] = process.argv.slice(2);
const wrong = (text) => { console.error(text); process.exit(1); };
const bytes = (base64) => Buffer.from(base64, 'base64');

// "head\n[extra …\n]word N\n", hashes, an empty line, the checkpoint
const text = readFileSync(file, 'utf8');
const blank = text.indexOf('\n\n');
const lines = text.slice(0, blank).split('\n'), envelope = text.slice(blank + 2);
if (what === 'entry' && lines.shift() !== 'c2sp.org/tlog-proof@v1') wrong('not a tlog-proof');
const number = lines.shift().split(' ').at(-1), hashes = lines.map(bytes);
const [, treeSize, root] = envelope.split('\n');

const [, id, key] = vkey.match(/\+([0-9a-f]{8})\+(.+)$/);
const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes(key).subarray(1)]);
const log = { logID: Buffer.from(id, 'hex'), publicKey: createPublicKey({ key: der, format: 'der', type: 'spki' }),
	validFor: { start: new Date(0), end: new Date(8e15) } };
const inclusionProof = { logIndex: number, treeSize, hashes, rootHash: bytes(root), checkpoint: { envelope } };

const node = (left, right) => createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
function grew(oldSize, oldRoot) {
	const proof = [...hashes], last = BigInt(treeSize) - 1n;
	if (oldSize === BigInt(treeSize)) return proof.length === 0 && oldRoot.equals(bytes(root));
	if ((oldSize & (oldSize - 1n)) === 0n) proof.unshift(oldRoot);
	let [fn, sn] = [oldSize - 1n, last];
	while (fn & 1n) { fn >>= 1n; sn >>= 1n; }
	let fr = proof[0], sr = proof[0];
	for (const c of proof.slice(1)) {
		if (sn === 0n) return false;
		if ((fn & 1n) || fn === sn) {
			fr = node(c, fr); sr = node(c, sr);
			while (!(fn & 1n) && fn !== 0n) { fn >>= 1n; sn >>= 1n; }
		} else {
			sr = node(sr, c);
		}
		fn >>= 1n; sn >>= 1n;
	}
	return sn === 0n && fr.equals(oldRoot) && sr.equals(bytes(root));
}

try {
	verifyCheckpoint({ integratedTime: '0', inclusionProof }, [log]);
	if (what === 'entry') verifyMerkleInclusion({ inclusionProof, canonicalizedBody: readFileSync(third) });
	else if (!grew(BigInt(number), Buffer.from(third, 'hex'))) wrong('no beginning of this tree');
} catch (e) {
	wrong(`${e.code ?? e.name}: ${e.message}`);
}
console.log(treeSize);
