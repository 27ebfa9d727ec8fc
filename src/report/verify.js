// The program inside a report's page: it says whether the page is what the log has, in the reader's browser, from a
// file on disk, with no network. docs/reports.md, "The page that checks itself", says what it can show and what not.
//
// Four things are on the page: what the report shows, the lines of the log that it rests on, the evidence
// (hashes, paths, a signed checkpoint, as JSON at the end), and two fields for a root and a key that the reader has
// from somewhere else. In order:
//   1. every line is hashed, and its path leads to the checkpoint's root; neighbours hold each other's hash;
//   2. the checkpoint is signed by the key that the page names;
//   3. what is shown has the digest that one of these lines logged, and each upright cell stands in its lines;
//   4. the reader's root and key are this checkpoint's.
// Without 4 the page is consistent with itself, and whoever changed it could have made it so, this program included.
// So there is no green without 4, and what is typed here is never taken from the page or its address.
'use strict';

// ---- SHA-256 (FIPS 180-4): our own, because a page that is not from disk or https has no crypto.subtle --------------
const ROUND = new Int32Array([
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2]);
const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
const word = new Int32Array(64), sum = new Int32Array(8);

// One block of 64 bytes at `at` into `sum`.
function compress(bytes, at) {
	for (let i = 0; i < 16; i++, at += 4)
		word[i] = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
	for (let i = 16; i < 64; i++) {
		const x = word[i - 15], y = word[i - 2];
		word[i] = word[i - 16] + word[i - 7] + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
			((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
	}
	let [a, b, c, d, e, f, g, h] = sum;
	for (let i = 0; i < 64; i++) {
		const t = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (e & f ^ ~e & g) +
			ROUND[i] + word[i] | 0;
		const u = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c);
		h = g; g = f; f = e; e = d + t | 0;
		d = c; c = b; b = a; a = t + u | 0;
	}
	sum[0] += a; sum[1] += b; sum[2] += c; sum[3] += d;
	sum[4] += e; sum[5] += f; sum[6] += g; sum[7] += h;
}

let scratch = new Uint8Array(1 << 16);

// The first n bytes of `scratch`, hashed to 32 bytes.
function sha256OfScratch(n) {
	const end = (n + 72) & ~63;          // one byte 0x80, eight of length, up to whole blocks
	scratch.fill(0, n, end);
	scratch[n] = 0x80;
	for (let i = end - 1, bits = n * 8; bits > 0; i--, bits = Math.floor(bits / 256))
		scratch[i] = bits % 256;
	sum.set(START);
	for (let at = 0; at < end; at += 64)
		compress(scratch, at);
	const out = new Uint8Array(32);
	for (let i = 0; i < 32; i++)
		out[i] = sum[i >> 2] >>> 24 - 8 * (i & 3);
	return out;
}

const utf8 = new TextEncoder();

// SHA-256 of these first bytes and this text.
function sha256(first, text) {
	if (scratch.length < first.length + 3 * text.length + 128)
		scratch = new Uint8Array(2 * (first.length + 3 * text.length + 128));
	scratch.set(first);
	return sha256OfScratch(first.length + utf8.encodeInto(text, scratch.subarray(first.length)).written);
}

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
const join = (x, y) => Uint8Array.of(...x, ...y);
const same = (x, y) => x.length === y.length && x.every((byte, i) => byte === y[i]);

// ---- The tree (RFC 6962, 2.1; checked as RFC 9162, 2.1.3.2 and 2.1.4.2 say) ------------------------------------------
const half = (n) => Math.floor(n / 2);       // line numbers may have 53 bits: no bit operators

function nodeHash(left, right) {
	scratch[0] = 1;
	scratch.set(left, 1);
	scratch.set(right, 33);
	return sha256OfScratch(65);
}

// Where the path from this leaf leads, in a tree of `size` lines; null when the path has not the length it has to have.
function rootByPath(leaf, seq, size, path) {
	let at = seq, last = size - 1, hash = leaf;
	for (const other of path) {
		if (last === 0)
			return null;
		if (at % 2 === 1 || at === last) {
			hash = nodeHash(other, hash);
			for (; at % 2 === 0 && at > 0; at = half(at))
				last = half(last);
		} else {
			hash = nodeHash(hash, other);
		}
		at = half(at);
		last = half(last);
	}
	return last === 0 ? hash : null;
}

// The tree of `size` lines with this root begins with the one of `old` lines and that root.
function growsFrom(old, oldRoot, size, root, path) {
	if (old < 1 || old > size)
		return false;
	if (old === size)
		return path.length === 0 && same(oldRoot, root);
	let at = old - 1, last = size - 1;
	for (; at % 2 === 1; at = half(at))
		last = half(last);
	const rest = at === 0 ? path : path.slice(1), start = at === 0 ? oldRoot : path[0];
	if (start === undefined)
		return false;
	let before = start, now = start;
	for (const other of rest) {
		if (last === 0)
			return false;
		if (at % 2 === 1 || at === last) {
			before = nodeHash(other, before);
			now = nodeHash(other, now);
			for (; at % 2 === 0 && at > 0; at = half(at))
				last = half(last);
		} else {
			now = nodeHash(now, other);
		}
		at = half(at);
		last = half(last);
	}
	return last === 0 && same(before, oldRoot) && same(now, root);
}

// ---- Notes, keys and signatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature) --------------------------------
class Wrong extends Error {}
function demand(ok, text) {
	if (!ok)
		throw new Wrong(text);
}

// One spelling for each value: what is decoded must be written the same again.
function base64(text, what) {
	let bytes = '';
	try {
		bytes = atob(text);
	} catch {
		demand(false, `${what} is not base64`);
	}
	demand(btoa(bytes) === text, `${what} is not base64 as it has to be written`);
	return Uint8Array.from(bytes, (c) => c.charCodeAt(0));
}

// "name+8 hex digits+base64(type, public key)"; the digits are of a hash over the rest.
function readKey(vkey) {
	const parts = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey);
	demand(parts, 'the log key is not written as a key is');
	const [, name, id, key] = parts, bytes = base64(key, 'the log key');
	demand(bytes.length === 33, 'the log key has not the length of a key');
	demand(hex(sha256(join(utf8.encode(`${name}\n`), bytes), '').subarray(0, 4)) === id,
		'the log key is not the one its own digits are of');
	return { name, id, type: bytes[0], bytes: bytes.subarray(1) };
}

function readCheckpoint(note) {
	const cut = note.lastIndexOf('\n\n'), text = note.slice(0, cut + 1), rest = note.slice(cut + 2);
	demand(cut > 0 && rest.endsWith('\n'), 'the checkpoint is not a signed note');
	const [origin, size, root, ...more] = text.split('\n');
	demand(/^[1-9][0-9]{0,15}$/.test(size) && root !== undefined, 'the checkpoint has no size and root');
	demand(more.length === 1, 'the checkpoint has lines that nobody knows');
	const signatures = rest.slice(0, -1).split('\n').map((line) => {
		const parts = /^\u2014 (\S+) (\S+)$/.exec(line);
		demand(parts, 'the checkpoint has a signature that is not written as one is');
		const bytes = base64(parts[2], 'a signature of the checkpoint');
		return { name: parts[1], id: hex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
	});
	return { origin, size: Number(size), root: base64(root, "the checkpoint's root"), text, signatures };
}

// true, false, or null: this browser cannot tell.
async function signedBy(key, message, signature) {
	try {
		const known = await crypto.subtle.importKey('raw', key.bytes, { name: 'Ed25519' }, false, ['verify']);
		return await crypto.subtle.verify({ name: 'Ed25519' }, known, signature, message);
	} catch {
		return null;
	}
}

// ---- The page --------------------------------------------------------------------------------------------------------
const id = (name) => document.getElementById(name);
const program = document.currentScript;
let main = null, items = null, frame = '';   // once the browser has read the whole file

// Elements that can carry a tree of their own, which is shown in the place of what they hold and is no part of any text
// that a program gets from them. None stays: each is made anew with what it holds, and the one that it was says whether
// it had such a tree.
const HOSTS = 'article, aside, blockquote, div, footer, h1, h2, h3, h4, h5, h6, header, main, nav, p, section, span';
function remade(element) {
	const one = document.createElement(element.localName);
	for (const { name, value } of element.attributes)
		one.setAttribute(name, value);
	one.append(...element.childNodes);
	element.replaceWith(one);
	if (element.shadowRoot !== null)
		return false;
	try {
		element.attachShadow({ mode: 'open' });
		return true;
	} catch {
		return false;            // it had one that is closed
	}
}
function uncover() {
	const all = [...document.body.querySelectorAll(HOSTS), document.body].map(remade);
	if (all.includes(false))
		fault(null, 'something was laid over what the page shows');
}

// Style and body as the file has them, but for what is only known once their digest is logged. Before we write into it.
function readFrame() {
	const body = document.body.cloneNode(true);
	for (const place of body.querySelectorAll(
		'#the-origin, #the-size, #the-root, #the-vkey, #the-checkpoint, #lines ol, #evidence'))
		place.replaceChildren();
	return document.querySelector('style').textContent + body.innerHTML.trimEnd();
}

// What an element stands for. A character that deceives is shown as <var>\u{202E}</var>, and is meant itself.
function meant(element) {
	if (element.firstElementChild === null)
		return element.textContent;
	return Array.from(element.childNodes, (n) => n.nodeName === 'VAR' ? unescaped(n.textContent) : n.textContent).join('');
}

// One spelling: at least four digits, capitals. Another one is what it says, and so not the line.
function unescaped(text) {
	const digits = /^\\u\{(0[0-9A-F]{3}|[1-9A-F][0-9A-F]{3,5})\}$/.exec(text);
	return digits === null ? text : String.fromCodePoint(parseInt(digits[1], 16));
}

// Nothing but text: no comment, which is not shown, and no element, which is and has none.
const isText = (element) => Array.from(element.childNodes).every((n) => n.nodeType === Node.TEXT_NODE);
const isEscape = (n) => n.nodeName === 'VAR' && n.attributes.length === 0 && isText(n) && unescaped(n.textContent) !== n.textContent;
const isTextWithEscapes = (element) => Array.from(element.childNodes).every((n) => n.nodeType === Node.TEXT_NODE || isEscape(n));

// An object has these members in this order, and no others.
function only(value, names, what) {
	demand(value !== null && typeof value === 'object' && Object.keys(value).join() === names, `${what} is damaged`);
}

const isCount = (n) => Number.isSafeInteger(n) && n >= 0 && !Object.is(n, -0);
const isHash = (text) => typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);

// The JSON at the end, which has one spelling: any other byte is damage, whatever it would mean.
function readEvidence() {
	const text = id('evidence').textContent;
	let v = null;
	try {
		v = JSON.parse(text);
	} catch {
		demand(false, 'the evidence cannot be read');
	}
	demand(JSON.stringify(v).replaceAll('<', '\\u003c') === text, 'the evidence is not written as it has to be');
	only(v, 'format,origin,vkey,checkpoint,size,root,made,hashes,lines,roots,rows', 'the evidence');
	demand(v.format === 'setgov-report-evidence/1', 'the evidence is of a format that nobody knows');
	demand(v.hashes.every(isHash) && v.rows.every(isHash), 'a hash in the evidence is damaged');
	v.hashes = v.hashes.map(unhex);
	return v;
}

// ---- What is found ---------------------------------------------------------------------------------------------------
// faults: what is wrong, each with its line or null. doubts: what is not wrong and keeps the page from being verified.
const faults = [], doubts = [], lines = new Map();
const fault = (seq, text) => faults.push({ seq, text });

// The hashes of this path, taken from the ones that all paths share.
function pathOf(evidence, indices) {
	const path = indices.map((i) => evidence.hashes[i]);
	demand(path.every((hash) => hash !== undefined), 'its path is damaged');
	indices.forEach((i) => evidence.used.add(i));
	return path;
}

// What the page shows for a line is the line: <li id value><code>its text</code></li>, and nothing else.
function isItem(item, { seq, leaf, line }) {
	const inside = line === null ? item : item.firstElementChild;
	return item.nodeName === 'LI' && item.getAttribute('id') === `line-${seq}` && item.getAttribute('value') === String(seq) &&
		item.attributes.length === 2 && item.childNodes.length === 1 && inside !== null &&
		(line === null || (inside.nodeName === 'CODE' && inside.attributes.length === 0)) && isTextWithEscapes(inside) &&
		meant(inside) === (line ?? `not carried; its leaf hash is ${leaf}`);
}

function checkLine(evidence, v) {
	only(v, 'seq,leaf,path,line', 'the evidence of a line');
	demand(isCount(v.seq) && isHash(v.leaf), 'the evidence of a line is damaged');
	demand(!lines.has(v.seq), 'it is there twice');
	const leaf = unhex(v.leaf), before = lines.get(v.seq - 1), item = items.children[lines.size];
	lines.set(v.seq, { ...v });
	demand(item !== undefined && isItem(item, v), 'what stands below for it was changed');
	if (v.line !== null) {
		demand(same(sha256([0], v.line), leaf), 'its text has not the hash that it is logged under');
		const said = JSON.parse(v.line);
		lines.get(v.seq).said = said;
		demand(said.seq === v.seq, `its text is that of line ${said.seq}`);
		demand(before === undefined || said.prev === before.leaf, `it does not continue line ${v.seq - 1}`);
	}
	if (v.path === null) {
		demand(v.line === null || v.seq >= evidence.size, 'it has no path to the checkpoint');
		doubts.push(v.line === null ? `Line ${v.seq} is not on this page.`
			: `Line ${v.seq} is newer than the checkpoint: nothing vouches for it.`);
		return;
	}
	const root = v.seq < evidence.size ? rootByPath(leaf, v.seq, evidence.size, pathOf(evidence, v.path)) : null;
	demand(root !== null && hex(root) === evidence.root, 'its path does not lead to the root of the checkpoint');
}

function checkLines(evidence) {
	evidence.used = new Set();
	for (const v of evidence.lines) {
		try {
			checkLine(evidence, v);
		} catch (e) {
			fault(v !== null && isCount(v.seq) ? v.seq : null, e instanceof Wrong ? e.message : 'its text cannot be read');
		}
	}
	demand(Array.from(lines.keys()).every((seq, i, all) => i === 0 || seq > all[i - 1]), 'the lines are out of order');
	demand(items.children.length === evidence.lines.length && items.childNodes.length === 2 * evidence.lines.length + 1 &&
		Array.from(items.childNodes).every((n, i) => i % 2 === 1 || n.nodeValue === '\n'), 'lines were added or taken away');
}

function checkRoots(evidence) {
	for (const v of evidence.roots) {
		only(v, 'size,root,growth', 'an older root');
		demand(isCount(v.size) && isHash(v.root), 'an older root is damaged');
		demand(growsFrom(v.size, unhex(v.root), evidence.size, unhex(evidence.root), pathOf(evidence, v.growth)),
			`the log does not grow from its first ${v.size} lines to this checkpoint as it should`);
	}
	demand(evidence.used.size === evidence.hashes.length, 'there are hashes that belong to nothing');
}

// The checkpoint says what the evidence and the head of the page say.
function checkHead(evidence, checkpoint) {
	demand(checkpoint.origin === evidence.origin, 'the checkpoint is of another log');
	demand(checkpoint.size === evidence.size, 'the checkpoint is over another number of lines');
	demand(hex(checkpoint.root) === evidence.root, 'the checkpoint has another root');
	for (const name of ['origin', 'size', 'root', 'vkey'])
		demand(id(`the-${name}`).textContent === String(evidence[name]), `the ${name} in the head of the page was changed`);
	demand(id('the-checkpoint').textContent === evidence.checkpoint, 'the checkpoint shown on the page was changed');
	for (const name of ['origin', 'size', 'root', 'vkey', 'checkpoint'])
		demand(isText(id(`the-${name}`)), `the ${name} shown on the page was changed`);
	demand(document.querySelectorAll('style, link').length === 2, 'the style of the page was changed');
	const foot = `${evidence.size} lines, root ${evidence.root}`;
	demand(id('printed').textContent === `@page{@bottom-center{font-size:7pt;content:"${foot}"}}`,
		'what is printed at the foot of each sheet was changed');
	demand(document.querySelector('title').textContent === main.querySelector('h1').textContent, "the page's title was changed");
}

// The head of the file has one text, and around head and body there is nothing: an attribute there, a style, a word behind
// the program would be shown, and is no part of any digest.
function checkAround() {
	const source = (text) => `'sha256-${btoa(String.fromCharCode(...sha256([], text)))}'`;
	const [style, printed] = Array.from(document.querySelectorAll('style'), (s) => s.textContent);
	const head = '<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="' +
		`default-src 'none'; script-src ${source(program.textContent)}; style-src ${source(style)} ${source(printed)}; ` +
		'base-uri \'none\'; form-action \'none\'">\n<meta name="referrer" content="no-referrer">\n' +
		'<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
		`<title>${document.querySelector('title').innerHTML}</title>\n<style>${style}</style>\n` +
		`<style id="printed">${printed}</style>\n`;
	const html = document.documentElement;
	demand(document.head.innerHTML === head && document.head.attributes.length === 0, 'the head of the file was changed');
	demand(document.compatMode === 'CSS1Compat' && html.attributes.length === 1 && html.lang === 'en' &&
		html.children.length === 2 && document.body.attributes.length === 0 && program.attributes.length === 0,
	'what stands around the page was changed');
}

// Every value in a line, as a cell would have it.
function valuesOf(value, into) {
	if (value !== null && typeof value === 'object')
		Object.values(value).forEach((v) => valuesOf(v, into));
	else
		into.add(String(value));
	return into;
}

// Upright text claims to stand word for word in a line that its row rests on. Slanted text (<i>) claims nothing.
function checkRow(row, where) {
	const on = Array.from(row.lastElementChild.querySelectorAll('a'), (a) => Number(a.textContent));
	const resting = on.map((seq) => lines.get(seq));
	if (resting.includes(undefined))
		return fault(on[resting.indexOf(undefined)], `${where} rests on it, and it is not here`);
	for (const line of resting)
		line.values ??= line.said === undefined ? new Set() : valuesOf(line.said, new Set());
	for (const cell of row.querySelectorAll('[data-said]')) {
		const text = meant(cell);
		if (!resting.some((line) => line.values.has(text)))
			fault(on[0] ?? null, `${where} says "${text}", and no line it rests on does`);
	}
	return undefined;
}

// Names the row whose text changed since the report was made.
function checkRows(evidence) {
	const rows = main.querySelectorAll('tbody tr');
	if (rows.length !== evidence.rows.length)
		fault(null, 'rows were added or taken away');
	let number = 0;
	rows.forEach((row, i) => {
		number = row.previousElementSibling === null ? 1 : number + 1;
		const where = `row ${number} of "${row.closest('section').querySelector('h2').textContent}"`;
		checkRow(row, where);
		if (hex(sha256([], row.outerHTML)) !== evidence.rows[i]) {
			const on = row.lastElementChild.querySelector('a');
			fault(on && Number(on.textContent), `${where} was changed`);
		}
	});
}

// The digest of the frame was logged before the page was written, so one line vouches for every character of it.
function checkShown(evidence) {
	const digest = hex(sha256([], frame));
	checkRows(evidence);
	if (evidence.made === null) {
		doubts.push('No line has the digest of what this page shows: its tables may say anything.');
		return;
	}
	const made = lines.get(evidence.made);
	demand(made?.said?.kind === 'report.made', 'the line that has the digest of this report is not here');
	if (made.said.body.form !== 'html' || made.said.body.digest !== digest)
		fault(evidence.made, 'it has the digest of another page: a heading, a text, a picture, a row or the program was changed');
}

async function checkSignatures(evidence, checkpoint) {
	const key = readKey(evidence.vkey), message = utf8.encode(checkpoint.text);
	demand(key.name === evidence.origin && key.type === 1, 'the log key is not one of this log');
	const own = checkpoint.signatures.filter((s) => s.name === key.name && s.id === key.id);
	demand(own.length > 0, 'the checkpoint is not signed by the log key');
	const verdicts = await Promise.all(own.map((s) => signedBy(key, message, s.bytes)));
	demand(!verdicts.includes(false), "the checkpoint's signature is not by the log key");
	if (verdicts.includes(null))
		doubts.push('The signature was NOT CHECKED: this browser has no Ed25519 here. Open the file from disk.');
	for (const s of checkpoint.signatures.filter((other) => !own.includes(other)))
		doubts.push(`There is a signature by ${s.name}, which this page cannot judge.`);
}

// Everything that can be said without the reader. Never throws.
async function examine() {
	try {
		const evidence = readEvidence(), checkpoint = readCheckpoint(evidence.checkpoint);
		for (const step of [checkLines, checkRoots, (v) => checkHead(v, checkpoint), checkAround, checkShown,
			(v) => checkSignatures(v, checkpoint)]) {
			try {
				await step(evidence);
			} catch (e) {
				fault(null, e instanceof Wrong ? e.message : 'the page is damaged');
			}
		}
		return evidence;
	} catch (e) {
		fault(null, e instanceof Wrong ? e.message : 'the page is damaged');
		return null;
	}
}

// ---- What the reader brings ------------------------------------------------------------------------------------------
// A root as hex, with or without 0x, or as checkpoints have it. null: it is none.
function readRoot(text) {
	if (/^(0x)?[0-9a-fA-F]{64}$/.test(text))
		return text.slice(-64).toLowerCase();
	return /^[A-Za-z0-9+/]{43}=$/.test(text) ? hex(base64(text, 'the root')) : null;
}

// What the reader's root, size and key say of this evidence: {wrong: […], missing: […], upTo: lines vouched for}.
function compare(evidence, given) {
	const wrong = [], missing = [];
	let upTo = 0;
	const root = readRoot(given.root);
	if (given.root === '')
		missing.push('a root');
	else if (root === null)
		missing.push('a root (what you gave is not one: 64 hex digits)');
	else
		upTo = [evidence, ...evidence.roots].find((v) => v.root === root)?.size ?? 0;
	if (root !== null && upTo === 0)
		wrong.push('the root that you gave is not one of this page');
	if (root !== null && upTo > 0 && given.size !== '' && given.size !== String(upTo))
		wrong.push(`the root that you gave is over ${upTo} lines here, and you gave ${given.size}`);
	if (given.vkey === '')
		missing.push('a log key');
	else if (given.vkey !== evidence.vkey)
		wrong.push('the log key that you gave is not the key of this page');
	return { wrong, missing, upTo };
}

// ---- The verdict -----------------------------------------------------------------------------------------------------
function say(state, title, text) {
	id('verdict').dataset.is = state;
	id('verdict-title').textContent = title;
	id('verdict-text').textContent = text;
}

function list(items) {
	id('findings').replaceChildren(...items.map(({ seq, text }) => {
		const item = document.createElement('li');
		if (seq !== null) {
			const link = document.createElement('a');
			link.href = `#line-${seq}`;
			link.textContent = `line ${seq}`;
			item.append(link, `: ${text}`);
			id(`line-${seq}`)?.classList.add('changed');
		} else {
			item.textContent = text;
		}
		return item;
	}));
}

const LISTED = 50;
function judge(evidence, given) {
	const plain = (texts) => texts.map((text) => ({ seq: null, text }));
	if (faults.length > 0) {
		say('changed', 'CHANGED: do not rely on this page.', `${faults.length} things are not as they were logged.`);
		return list([...faults.slice(0, LISTED), ...plain(faults.length > LISTED ? ['and more'] : [])]);
	}
	const { wrong, missing, upTo } = compare(evidence, given);
	list(plain([...wrong, ...doubts]));
	if (wrong.length > 0)
		return say('changed', 'NOT THE SAME: this page is not of the log that you know.', 'What you gave differs:');
	if (missing.length > 0)
		return say('consistent', 'Consistent with itself, not verified.',
			`Whoever changed this page could have made it so. It needs ${missing.join(' and ')} from another place.`);
	if (doubts.length > 0)
		return say('part', 'Verified in part.', 'Root and key are the ones that you gave; these things are open:');
	if (upTo < evidence.size)
		return say('part', `Verified in part: lines 0 to ${upTo - 1}.`,
			`Your root is over ${upTo} lines. The later ones, and the tables, rest on the log key's signature alone.`);
	return say('verified', 'Verified.', `All ${evidence.lines.length} lines are in the log of ${evidence.size} lines ` +
		'whose root and key you gave, and what is shown here is what was logged.');
}

// Not before the last byte is read: what is behind this program would be shown too.
async function start() {
	if (document.readyState === 'loading')
		await new Promise((done) => document.addEventListener('DOMContentLoaded', done, { once: true }));
	frame = readFrame();
	uncover();
	main = document.querySelector('main');
	items = document.querySelector('#lines ol');
	const began = performance.now(), evidence = await examine();
	const given = () => ({ root: id('root').value.trim(), size: id('size').value.trim(), vkey: id('vkey').value.trim() });
	id('took').textContent = `${lines.size} lines checked in ${Math.round(performance.now() - began)} ms.`;
	id('ask').addEventListener('submit', (event) => {
		event.preventDefault();
		judge(evidence, given());
	});
	id('ask').hidden = false;
	judge(evidence, { root: '', size: '', vkey: '' });
}
start();
