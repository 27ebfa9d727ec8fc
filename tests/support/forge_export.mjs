// What somebody who has the console can make of an export: its lines another history, whole in itself again.
//     node forge_export.mjs EXPORT edit SEQ OLD NEW     another text in line SEQ, and every line after it made to fit
//     node forge_export.mjs EXPORT cut SIZE             the lines from SIZE on were never there
// The checkpoint is left unsigned: cosign.mjs resign signs it, for whoever has the log's key.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [dir, what, ...args] = process.argv.slice(2);
const at = (name) => join(dir, name);
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
const leaf = (line) => sha256(Buffer.of(0), line);
function root(leaves) {
	if (leaves.length === 1) return leaves[0];
	let k = 1;
	while (k * 2 < leaves.length) k *= 2;
	return sha256(Buffer.of(1), root(leaves.slice(0, k)), root(leaves.slice(k)));
}

let lines = readFileSync(at('lines.jsonl'), 'utf8').split('\n').slice(0, -1);
if (what === 'edit') {
	const [seq, from, to] = args;
	if (!lines[seq].includes(from)) throw new Error(`line ${seq} has no ${from}`);
	lines[seq] = lines[seq].replace(from, to);
} else {
	lines = lines.slice(0, Number(args[0]));
}
for (let i = 1; i < lines.length; i++)
	lines[i] = lines[i].replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${leaf(lines[i - 1]).toString('hex')}"`);

const text = lines.map((l) => `${l}\n`).join(''), top = root(lines.map(leaf));
const manifest = JSON.parse(readFileSync(at('manifest.json')));
manifest.lines = { count: lines.length, sha256: sha256(text).toString('hex') };
Object.assign(manifest, { root: top.toString('hex'), size: lines.length });
writeFileSync(at('lines.jsonl'), text);
writeFileSync(at('manifest.json'), `${JSON.stringify(manifest)}\n`);
writeFileSync(at('checkpoint'), `${manifest.origin}\n${lines.length}\n${top.toString('base64')}\n\n`);
