// Verifies an export from audit-log/FORMAT.md alone: no code of ours, only node's own crypto, and ethers where the owners
// put a new log key in a lost one's place.
//     node verify_export.mjs DIR [VKEY]
// Exit status 0 and a summary, or 1 and the first thing that is wrong.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [dir, trusted] = process.argv.slice(2);
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
const wrong = (text) => { console.error(text); process.exit(1); };
const demand = (ok, text) => ok || wrong(text);
const read = (name) => readFileSync(join(dir, name));

// Section 3
const leafHash = (line) => sha256(Buffer.of(0), line);
function root(leaves) {
	if (leaves.length === 0) return sha256('');
	if (leaves.length === 1) return leaves[0];
	let k = 1;
	while (k * 2 < leaves.length) k *= 2;
	return sha256(Buffer.of(1), root(leaves.slice(0, k)), root(leaves.slice(k)));
}

// Section 2
const file = read('lines.jsonl');
demand(file.length && file.at(-1) === 10, 'lines.jsonl does not end with a newline');
const lines = [];
for (let at = 0; at < file.length;) {
	const end = file.indexOf(10, at);
	lines.push(file.subarray(at, end));
	at = end + 1;
}
const leaves = lines.map(leafHash), parsed = lines.map((l) => JSON.parse(l));
parsed.forEach((line, i) => {
	demand(Object.keys(line).join() === 'seq,id,prev,time,kind,change,actor,body', `line ${i}: members`);
	demand(line.seq === i, `line ${i}: says seq ${line.seq}`);
	demand(line.prev === (i ? leaves[i - 1].toString('hex') : '0'.repeat(64)), `line ${i}: does not continue line ${i - 1}`);
	demand(!i || line.time >= parsed[i - 1].time || line.kind === 'clock.stepped-back', `line ${i}: time falls`);
});
demand(parsed[0].kind === 'log.opened' && parsed[0].body.format === 'setgov-log/1', 'line 0 opens no log');

// Section 5
function open(vkey, note, lines) { // true: this key signed; and the note's text, line by line
	const [, name, id, base64] = vkey.match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/), key = Buffer.from(base64, 'base64');
	demand(key[0] === 1 && key.length === 33 && name === parsed[0].body.origin, `key ${vkey}`);
	demand(sha256(name, '\n', key).subarray(0, 4).toString('hex') === id, `key id of ${vkey}`);
	const at = note.lastIndexOf('\n\n'), text = note.slice(0, at + 1);
	const ours = note.slice(at + 2).split('\n').map((s) => s.split(' ')).filter(([dash, by]) => dash === '\u2014' && by === name)
		.map(([, , s]) => Buffer.from(s, 'base64')).filter((s) => s.subarray(0, 4).toString('hex') === id);
	const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key.subarray(1)]);
	const pub = createPublicKey({ key: der, format: 'der', type: 'spki' });
	demand(ours.length && ours.every((s) => verify(null, Buffer.from(text), pub, s.subarray(4))), 'checkpoint: signature');
	const parts = text.split('\n');
	demand(parts.length === lines + 1 && parts[0] === name, 'checkpoint: lines or origin');
	demand(Number(parts[1]) <= leaves.length, 'checkpoint: more lines than there are');
	demand(root(leaves.slice(0, Number(parts[1]))).toString('base64') === parts[2], 'checkpoint: root over the lines differs');
	return parts;
}
// By the profile adopted last, under the old key's last checkpoint; ethers recovers the owners.
async function ownersVouch(seq, { note, logKey, signatures, checkpoint, adopted: at }, old) {
	const require = createRequire(new URL('../../contracts/package.json', import.meta.url));
	const { verifyTypedData } = require('ethers');
	const under = Number(open(old.vkey, checkpoint, 3)[1]);
	demand(under > old.line && under <= seq, `line ${seq}: rests on a checkpoint of another time`);
	const adopted = parsed.filter((l) => l.seq < seq && /^(log\.opened|deployment\.adopted)$/.test(l.kind)).at(-1);
	demand(adopted.seq < under && adopted.seq === at, `line ${seq}: rests on another line than the last that adopted a profile`);
	const d = JSON.parse(read(join('blobs', adopted.body.profile))), [origin, size, root] = note.split('\n');
	const domain = { name: 'setgov', version: '1', chainId: d.chainId, verifyingContract: d.safe };
	const types = { LogSuccession: [['origin', 'string'], ['size', 'uint256'], ['root', 'bytes32'], ['newKey', 'bytes32']]
		.map(([name, type]) => ({ name, type })) };
	const message = { origin, size: Number(size), root: Buffer.from(root, 'base64'),
		newKey: Buffer.from(logKey.match(/^[^+]+\+[0-9a-f]{8}\+(.+)$/)[1], 'base64').subarray(1) };
	const owners = d.people.filter((p) => p.owner).map((p) => p.address), count = new Set();
	for (const { owner, signature } of signatures) {
		demand(owners.includes(owner), `line ${seq}: ${owner} is no owner`);
		demand(verifyTypedData(domain, types, message, signature) === owner, `line ${seq}: not by ${owner}`);
		count.add(owner);
	}
	demand(count.size >= d.threshold, `line ${seq}: too few owners`);
}
const keys = [{ vkey: parsed[0].body.logKey, line: 0 }];
for (const { seq, kind, body } of parsed.filter((l) => /^log\.key-(rotated|succeeded)$/.test(l.kind))) {
	if (kind === 'log.key-succeeded') await ownersVouch(seq, body, keys.at(-1));
	for (const vkey of kind === 'log.key-rotated' ? [keys.at(-1).vkey, body.logKey] : [body.logKey]) {
		const [, size, , next, from] = open(vkey, body.note, 5);
		demand(Number(size) === seq && next === `key ${body.logKey}` && from === `from ${keys.at(-1).vkey}`,
			`line ${seq}: hands over something else`);
	}
	demand(!keys.some((k) => k.vkey === body.logKey), `line ${seq}: a key comes back`);
	keys.push({ vkey: body.logKey, line: seq });
}
const note = read('checkpoint').toString(), size = Number(note.split('\n')[1]);
const reigned = keys.filter((k, i) => !i || k.line < size), vkey = reigned.at(-1).vkey;
demand(read('log.vkey').toString() === `${vkey}\n`, 'log.vkey is not the key that signs at this size');
demand(!trusted || reigned.some((k) => k.vkey === trusted), 'none of the keys is the trusted one');
open(vkey, note, 3);

// Section 7
const manifest = JSON.parse(read('manifest.json'));
demand(manifest.lines.count === lines.length && manifest.lines.sha256 === sha256(file).toString('hex'), 'manifest: lines');
const blobs = new Set(readdirSync(join(dir, 'blobs')));
for (const blob of blobs) demand(sha256(read(join('blobs', blob))).toString('hex') === blob, `blob ${blob}: bytes`);
for (const b of manifest.blobs) demand(blobs.has(b.sha256), `blob ${b.sha256} is not there`);
// What a manifest withholds excuses only what an export may lack: signatures that anybody could use, and personal data.
const withheld = new Set(manifest.withheld.map((w) => w.sha256)), may = /^(signature\.added|submit\.intended|meeting\.closed|change\.\w+|person\.named)$/;
const named = { 'log.opened': ['profile'], 'deployment.adopted': ['profile'], 'step.packed': ['core', 'evidence'],
	'signature.added': ['signature'], 'submit.intended': ['data', 'raw'], 'step.mined': ['receipt'], 'step.failed': ['receipt'],
	'meeting.closed': ['minutes'], 'policy.judged': ['facts', 'policy'], 'policy.offered': ['policy', 'previous'],
	'policy.adopted': ['policy', 'previous'], 'releases.offered': ['releases', 'previous'], 'releases.adopted': ['releases', 'previous'],
	'person.named': ['name'], 'log.archive-asked': ['segment', 'retention'], 'log.archived': ['segment', 'retention'] };
// And what the list of a log.archived names (section 16).
const archived = new Set(parsed.filter((l) => l.kind === 'log.archived' && blobs.has(l.body.segment))
	.flatMap((l) => JSON.parse(read(join('blobs', l.body.segment))).blobs.map((b) => b.sha256)));
for (const l of parsed) {
	const digests = (named[l.kind] ?? []).map((m) => l.body[m]);
	if (/^change\.(drafted|proposed)$/.test(l.kind)) digests.push(...(l.body.attachments ?? []).map((a) => a.sha256));
	for (const d of digests.filter((x) => x))
		demand(blobs.has(d) || (withheld.has(d) && (may.test(l.kind) || archived.has(d))), `line ${l.seq}: blob ${d} is not there`);
}
console.log(`${lines.length} lines, ${size} of them under the checkpoint, ${blobs.size} blobs, ${manifest.withheld.length} withheld`);
