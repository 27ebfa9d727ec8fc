// Walks the state proofs of a deployment's report again, knowing docs/reports.md, the Yellow Paper and none of our code.
//   state_proofs.mjs REPORT.json|.csv BLOCK-HASH    every account and slot leads from that hash to what the report says
// Prints how many it walked; names the first that does not.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
const require = createRequire(join(process.cwd(), 'contracts', 'x.js'));
const { keccak256, decodeRlp, toBeHex } = require('ethers');

const [, , file, blockHash] = process.argv;
const die = (text) => { console.error(text); process.exit(1); };
const report = JSON.parse(readFileSync(file, 'utf8'));
const rows = (id) => (report.sections.find((s) => s.id === id) ?? die(`no section ${id}`)).rows.map((r) => r.cells);
const header = Object.fromEntries(rows('state_proof_header').map((c) => [c.field, c.value]));
const nodes = rows('state_proof_nodes').map((c, i) => Number(c.node) === i ? c.rlp : die(`node ${i} is missing`));

if (keccak256(header.header) !== blockHash) die(`the header is not that of block ${blockHash}`);
const stateRoot = decodeRlp(header.header)[3];
if (stateRoot !== header.state_root || header.block_hash !== blockHash) die('the header says something else');

const nibbles = (hex) => hex.slice(2).split('').map((c) => parseInt(c, 16));
// The value of a key under a root, '0x' when the trie does not have it. Each node has to be the one that is named.
function walk(what, root, key, places) {
	let path = nibbles(keccak256(key)), named = root, item;
	for (const [i, place] of places.entries()) {
		if (keccak256(nodes[place]) !== named) die(`${what}: node ${place} is not the one that is named`);
		item = decodeRlp(nodes[place]);
		for (;;) {
			if (item.length === 17) {
				item = path.length ? item[path.shift()] : item[16];
				if (!path.length && typeof item === 'string' && item.length !== 66) return item;
			} else {
				const flag = nibbles(item[0]), part = flag.slice(flag[0] & 1 ? 1 : 2), leaf = flag[0] >= 2;
				if (part.some((n, k) => n !== path[k]) || part.length > path.length) return '0x';
				path = path.slice(part.length);
				item = item[1];
				if (leaf) return path.length ? '0x' : item;
			}
			if (typeof item === 'string') break;            // else it lies inside its parent
		}
		if (item === '0x') return '0x';
		named = item;
		if (i === places.length - 1) die(`${what}: the proof ends early`);
	}
	return '0x';
}
const list = (text) => text ? text.split(' ').map(Number) : [];
const used = new Set(), roots = new Map();
let walked = 0;
for (const c of rows('state_proof_accounts')) {
	const address = c.address.slice(0, 42), places = list(c.account_proof);
	const value = walk(`account ${c.account}`, stateRoot, address, places);
	const [, , storage, code] = value === '0x' ? [0, 0, '', ''] : decodeRlp(value);
	if (value !== '0x' && (storage !== c.storage_root || code !== c.code_hash)) die(`account ${c.account}: it says something else`);
	roots.set(address.toLowerCase(), c.storage_root);
	places.forEach((p) => used.add(p));
	walked++;
}
for (const c of rows('state_proofs')) {
	const root = roots.get(c.address.slice(0, 42).toLowerCase()) ?? die(`slot ${c.no}: its account is not proven`);
	const value = walk(`slot ${c.no}`, root, c.slot, list(c.storage_proof));
	const word = toBeHex(value === '0x' ? 0 : BigInt(decodeRlp(value) === '0x' ? 0 : decodeRlp(value)), 32);
	if (word !== c.word) die(`slot ${c.no} (${c.what}): the proof says ${word}, the report ${c.word}`);
	list(c.storage_proof).forEach((p) => used.add(p));
	walked++;
}
nodes.forEach((_, i) => { if (!used.has(i)) die(`no proof uses node ${i}`); });
console.log(`${walked} walked`);
