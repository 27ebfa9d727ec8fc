// The last part of the page's program (hash.js says what it is): what is demanded of the page.
//
// Four things are on the page: what the report shows, the lines of the log that it rests on, the evidence
// (hashes, paths, a signed checkpoint, as JSON at the end), and fields for what the reader has from somewhere else: a
// root, the log's key, or who cosigned. In order:
//   1. every line is hashed, and its path leads to the checkpoint's root; neighbours hold each other's hash;
//   2. the checkpoint is signed by the key that the page names, and what lines say that others signed, they signed: so
//      each approval of a step that is on chain is by its owner, over the calls of the change;
//   3. what is shown has the digest that one of these lines logged, and each upright cell stands in its lines;
//   4. the reader's root is this checkpoint's, or the cosigners that he named signed it; and the log is the one he means.
// Without 4 the page is consistent with itself, and whoever changed it could have made it so, this program included.
// So there is no green without 4, and what is typed here is never taken from the page or its address.

// ---- The tree (RFC 6962, 2.1; checked as RFC 9162, 2.1.3.2 and 2.1.4.2 say) ------------------------------------------
const half = (n) => Math.floor(n / 2);       // line numbers may have 53 bits: no bit operators

function nodeHash(left, right) {
	scratch[0] = 1;
	scratch.set(left, 1);
	scratch.set(right, 33);
	return sha256OfScratch(65);
}

// The path before: the places of its hashes, what it had climbed to at each, and where it led. Paths of neighbours meet
// soon, and what has got to the same node and goes the same way from there gets to the same root.
let climbed = { places: [], steps: [], root: null };

// How many places the two have in common at their ends.
function sharedEnd(x, y) {
	let n = 0;
	while (n < x.length && n < y.length && x[x.length - 1 - n] === y[y.length - 1 - n])
		n++;
	return n;
}

// Where the path from this leaf leads, in a tree of `size` lines; null when the path has not the length it has to have.
// `places`: the path's hashes, as indices into `hashes`.
function rootByPath(leaf, seq, size, places, hashes) {
	const shared = sharedEnd(climbed.places, places), longer = climbed.places.length - places.length, steps = [];
	let at = seq, last = size - 1, hash = leaf;
	for (let i = 0; i < places.length; i++) {
		const known = places.length - i <= shared ? climbed.steps[i + longer] : undefined;
		if (known !== undefined && known.at === at && known.last === last && same(known.hash, hash)) {
			climbed = { places, steps: steps.concat(climbed.steps.slice(i + longer)), root: climbed.root };
			return climbed.root;
		}
		if (last === 0)
			return null;
		steps.push({ at, last, hash });
		if (at % 2 === 1 || at === last) {
			hash = nodeHash(hashes[places[i]], hash);
			for (; at % 2 === 0 && at > 0; at = half(at))
				last = half(last);
		} else {
			hash = nodeHash(hash, hashes[places[i]]);
		}
		at = half(at);
		last = half(last);
	}
	if (last !== 0)
		return null;
	climbed = { places, steps, root: hash };
	return hash;
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
// "name+8 hex digits+base64(type, public key)"; the digits are of a hash over the rest.
const LOG_KEY = 1, WITNESS_KEY = 4;
function readKey(vkey, what) {
	const parts = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey);
	demand(parts, `${what} is not written as a key is`);
	const [, name, id, key] = parts, bytes = base64(key, what);
	demand(bytes.length === 33, `${what} has not the length of a key`);
	demand(hex(sha256(join(utf8.encode(`${name}\n`), bytes), '').subarray(0, 4)) === id,
		`${what} is not the one its own digits are of`);
	return { name, id, type: bytes[0], bytes: bytes.subarray(1) };
}

// One line below a note: {name, id, bytes}; null when it is none.
function readSignature(line) {
	const parts = /^\u2014 (\S+) (\S+)$/.exec(line), bytes = parts && base64(parts[2], 'a signature below a note');
	return parts && { name: parts[1], id: hex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
}

function readCheckpoint(note) {
	const cut = note.lastIndexOf('\n\n'), text = note.slice(0, cut + 1), rest = note.slice(cut + 2);
	demand(cut > 0 && rest.endsWith('\n'), 'the checkpoint is not a signed note');
	const [origin, size, root, ...more] = text.split('\n');
	demand(/^[1-9][0-9]{0,15}$/.test(size) && root !== undefined, 'the checkpoint has no size and root');
	demand(more.length === 1, 'the checkpoint has lines that nobody knows');
	const signatures = rest.slice(0, -1).split('\n').map(readSignature);
	demand(signatures.every((v) => v !== null), 'the checkpoint has a signature that is not written as one is');
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

// ---- Cosignatures (audit-log/FORMAT.md, section 10) ------------------------------------------------------------------
// One of them: {by: 'owner' or 'witness', key: an address or a vkey, size, root: hex, signature: bytes}, and for a
// witness's also its time.
const checkpointText = (origin, size, root) => `${origin}\n${size}\n${btoa(String.fromCharCode(...unhex(root)))}\n`;

// It is by its key: true, false, or null: this browser cannot tell.
async function isSigned(c, origin, safe) {
	if (c.by === 'owner')
		return safe !== null && recover(checkpointDigest(safe, origin, c.size, c.root), c.signature) === c.key;
	const key = readKey(c.key, 'a witness'), time = c.signature.length === 72 ? number(c.signature.subarray(0, 8)) : null;
	if (key.type !== WITNESS_KEY || time === null || (c.time !== undefined && BigInt(c.time) !== time))
		return false;
	const message = `cosignature/v1\ntime ${time}\n${checkpointText(origin, c.size, c.root)}`;
	return signedBy(key, utf8.encode(message), c.signature.subarray(8));
}

// What a line checkpoint.cosigned says.
function readCosigned({ by, key, size, root, signature, time }) {
	demand((by === 'owner' ? readAddress(key) === key : by === 'witness' && isCount(time)) && isCount(size) && isHash(root) &&
		/^([0-9a-f]{2})+$/.test(signature), 'it is not a cosignature as it has to be written');
	return { by, key, size, root, time, signature: unhex(signature) };
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
	only(v, 'format,origin,vkey,checkpoint,size,root,made,hashes,lines,roots,approvals,rows', 'the evidence');
	demand(v.format === 'setgov-report-evidence/1', 'the evidence is of a format that nobody knows');
	demand([...v.hashes, ...v.rows, v.root].every(isHash), 'a hash in the evidence is damaged');
	v.hashes = v.hashes.map(unhex);
	v.rootBytes = unhex(v.root);
	v.safe = null;               // once line 0 is checked
	v.cosigned = [];             // the cosignatures in its lines, once they are
	return v;
}

// ---- What is found ---------------------------------------------------------------------------------------------------
// faults: what is wrong, each with its line or null. doubts: what is not wrong and keeps the page from being verified.
const faults = [], doubts = [], lines = new Map();
let signatures = 0;              // how many hold
let approvals = 0, withheld = 0; // of them, those for a step of a change; and those whose nonce is not spent
const fault = (seq, text) => faults.push({ seq, text });

// The hashes of this path, taken from the ones that all paths share.
function pathOf(evidence, indices) {
	demand(indices.every((i) => isCount(i) && i < evidence.hashes.length), 'its path is damaged');
	for (const i of indices)
		evidence.used.add(i);
	return indices.map((i) => evidence.hashes[i]);
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
	pathOf(evidence, v.path);
	const root = v.seq < evidence.size ? rootByPath(leaf, v.seq, evidence.size, v.path, evidence.hashes) : null;
	demand(root !== null && same(root, evidence.rootBytes), 'its path does not lead to the root of the checkpoint');
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
	demand(document.querySelectorAll('style, link').length === 3, 'the style of the page was changed');
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
		'<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="expect" href="#end" blocking="render">\n' +
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
	const key = readKey(evidence.vkey, 'the log key'), message = utf8.encode(checkpoint.text);
	demand(key.name === evidence.origin && key.type === LOG_KEY, 'the log key is not one of this log');
	const own = checkpoint.signatures.filter((s) => s.name === key.name && s.id === key.id);
	demand(own.length > 0, 'the checkpoint is not signed by the log key');
	const verdicts = await Promise.all(own.map((s) => signedBy(key, message, s.bytes)));
	demand(!verdicts.includes(false), "the checkpoint's signature is not by the log key");
	if (verdicts.includes(null))
		doubts.push('The signature was NOT CHECKED: this browser has no Ed25519 here. Open the file from disk.');
	signatures += verdicts.filter((v) => v === true).length;
	for (const s of checkpoint.signatures.filter((other) => !own.includes(other)))
		doubts.push(`There is a signature by ${s.name}, which this page cannot judge.`);
}

// ---- What lines say that others signed -------------------------------------------------------------------------------
const rootOver = (evidence, size) => [evidence, ...evidence.roots].find((v) => v.size === size)?.root;
const bare = (text) => unhex(text.slice(2));

// The kinds of lines that carry signatures by owners and others over our own messages: the digest that was signed, and
// who signed it, with what. `message`, where a line has one, is that digest.
const adoption = (type, word) => ({ deployment, [word]: adopted, previous, expires, message, signatures }, { origin, safe }) => ({
	message, signatures: signatures ?? [], digest: messageDigest(safe, type,
		[hashOf(origin), unhex(deployment), unhex(adopted), unhex(previous ?? '00'.repeat(32)), word32(expires)]) });
const policyAdoption = adoption(
	'PolicyAdoption(string origin,bytes32 deployment,bytes32 policy,bytes32 previous,uint64 expires)', 'policy');
const releasesAdoption = adoption(
	'ReleasesAdoption(string origin,bytes32 deployment,bytes32 releases,bytes32 previous,uint64 expires)', 'releases');
const adopting = ({ message, owner, signature }) => ({ digest: bare(message), signatures: [{ owner, signature: `0x${signature}` }] });
const CARRIED = {
	__proto__: null,
	'policy.offered': policyAdoption,
	'policy.adopted': policyAdoption,
	'policy.signed': adopting,
	'releases.offered': releasesAdoption,
	'releases.adopted': releasesAdoption,
	'releases.signed': adopting,
	'key.attested': ({ account, deployment, origin, signature }, { safe }, change) => ({
		signatures: [{ owner: account, signature }], digest: messageDigest(safe,
			'KeyAttestation(string origin,bytes32 deployment,string change,address account)',
			[hashOf(origin), unhex(deployment), hashOf(change), word32(account)]) }),
	'log.key-succeeded': ({ logKey, note, signatures }, { safe }) => {
		const [origin, size, root] = note.split('\n');
		return { signatures, digest: messageDigest(safe, 'LogSuccession(string origin,uint256 size,bytes32 root,bytes32 newKey)',
			[hashOf(origin), word32(size), base64(root, 'its root'), readKey(logKey, 'its key').bytes]) };
	},
};

async function checkCosigned(evidence, seq, body) {
	const c = { ...readCosigned(body), seq };
	demand(rootOver(evidence, c.size) === c.root, "it vouches for a root that is not this log's over so many lines");
	const verdict = await isSigned(c, evidence.origin, evidence.safe);
	demand(verdict !== false, 'its signature is not by the key that it names');
	if (verdict === null) {
		doubts.push(`What line ${seq} says that ${c.key} signed was NOT CHECKED: this browser has no Ed25519 here.`);
		return;
	}
	evidence.cosigned.push(c);
	signatures++;
}

async function checkCarried(evidence) {
	for (const [seq, { said, path }] of lines) {
		if (said === undefined || path === null)
			continue;
		try {
			if (said.kind === 'checkpoint.cosigned')
				await checkCosigned(evidence, seq, said.body);
			const carried = CARRIED[said.kind]?.(said.body, evidence, said.change);
			if (carried === undefined)
				continue;
			demand(carried.message === undefined || same(bare(carried.message), carried.digest), 'its message is not what it says');
			for (const { owner, signature } of carried.signatures) {
				demand(recover(carried.digest, bare(signature)) === owner, `what it has is not the signature of ${owner}`);
				signatures++;
			}
		} catch (e) {
			fault(seq, e instanceof Wrong ? e.message : 'what it says of signatures cannot be read');
		}
	}
}

// Line 0 names the log, the chain and the Safe, which no later line changes.
function checkOpening(evidence) {
	const opened = lines.get(0)?.said;
	if (opened === undefined)
		return;
	demand(opened.kind === 'log.opened' && opened.body.origin === evidence.origin, 'line 0 opens another log');
	evidence.safe = readSafe(`${opened.body.chainId}:${opened.body.safe}`);
}

// ---- Approvals -------------------------------------------------------------------------------------------------------
// A line signature.added has the SHA-256 of the owner's signature. Where a line says that its step is on chain its nonce
// is spent, and the page carries the signature itself, with the lines that say over what it is. One whose nonce is not
// spent could still be used by whoever has it, and is on no page.
const underCheckpoint = (line) => line?.said !== undefined && line.path !== null;
const isHash32 = (text) => typeof text === 'string' && /^0x[0-9a-f]{64}$/.test(text);

// The lines of each change by which a step is known, and the deployments that the log had, by their ids.
function collectSteps() {
	const changes = new Map(), timelocks = new Map();
	for (const line of lines.values()) {
		if (!underCheckpoint(line))
			continue;
		const { kind, change, body } = line.said;
		if (kind === 'log.opened' || kind === 'deployment.adopted')
			timelocks.set(body.deployment, body.timelock);
		if (['change.proposed', 'operation.planned', 'step.packed', 'step.mined'].includes(kind))
			changes.set(change, [...changes.get(change) ?? [], line]);
	}
	return { changes, timelocks };
}

// What the lines of the change make of a step that was packed; once for all who signed it.
function hashOfStep(evidence, { timelocks }, own, packed) {
	const proposed = own.find(({ said }) => said.kind === 'change.proposed'), { step, nonce } = packed.said.body;
	demand(proposed !== undefined, 'the proposal of its change is not here');
	const proposal = proposed.said.body, timelock = readAddress(timelocks.get(proposal.deployment) ?? '');
	let salt = null;
	if (proposal.route !== 'direct') {
		const planned = own.find(({ said }) => said.kind === 'operation.planned')?.said.body;
		demand(isHash32(planned?.salt) && planned.size === proposed.seq + 1 && rootOver(evidence, planned.size) === planned.salt.slice(2),
			'its operation has not the salt that it has to have: the root over the lines up to its proposal');
		demand(timelock !== null && isHash32(proposal.predecessor) && isCount(proposal.delay), 'the timelock of its change is not here');
		salt = planned.salt;
	}
	demand(evidence.safe !== null && isCount(nonce), 'its Safe and nonce are not here');
	const hash = safeTxHash(evidence.safe, stepCall(step, proposal, salt, timelock), nonce);
	demand(packed.said.body.safeTxHash === `0x${hex(hash)}`, `the calls of its change are not what line ${packed.seq} has the hash of`);
	return hash;
}

// The lines that say of the same step and hash that it was packed, and that it is on chain.
function aboutStep(steps, { change, body }) {
	const own = steps.changes.get(change) ?? [];
	const about = (kind) => own.find(({ said }) => said.kind === kind && said.body.step === body.step && said.body.safeTxHash === body.safeTxHash);
	return { own, packed: about('step.packed'), mined: about('step.mined') };
}

function checkApproval(evidence, steps, { seq, signature }) {
	const line = lines.get(seq);
	demand(underCheckpoint(line) && line.said.kind === 'signature.added', 'a signature is here for it, and it is no approval');
	const { own, packed, mined } = aboutStep(steps, line.said), { owner, signature: digest } = line.said.body;
	demand(mined !== undefined, 'its signature is here, and no line says that its nonce is spent');
	demand(/^[0-9a-f]{130}$/.test(signature) && hex(sha256(unhex(signature), '')) === digest, 'the signature here is not the one that it has the hash of');
	demand(packed !== undefined && packed.seq < seq, 'what its step was is not here');
	packed.hash ??= hashOfStep(evidence, steps, own, packed);
	demand(recover(packed.hash, unhex(signature)) === owner, `its signature is not that of ${owner}`);
	signatures++;
	approvals++;
}

// It takes milliseconds for each: where there are many, the browser gets its turn in between, and the reader a word.
async function checkApprovals(evidence) {
	const steps = collectSteps(), carried = new Set();
	for (const [i, v] of evidence.approvals.entries()) {
		if (i % 50 === 49) {
			say('unchecked', 'Checking.', `${i} of ${evidence.approvals.length} approvals`);
			await new Promise((done) => setTimeout(done));
		}
		try {
			only(v, 'seq,signature', 'a signature');
			demand(isCount(v.seq) && !carried.has(v.seq), 'a signature is here twice, or for no line');
			carried.add(v.seq);
			checkApproval(evidence, steps, v);
		} catch (e) {
			fault(lines.has(v?.seq) ? v.seq : null, e instanceof Wrong ? e.message : 'what it approves of cannot be read');
		}
	}
	for (const [seq, line] of lines) {
		if (!underCheckpoint(line) || line.said.kind !== 'signature.added' || carried.has(seq))
			continue;
		if (aboutStep(steps, line.said).mined === undefined)
			withheld++;
		else
			doubts.push(`The signature of line ${seq} was NOT CHECKED: its nonce is spent, and it is not on this page.`);
	}
}

// Everything that can be said without the reader. Never throws.
async function examine() {
	try {
		const evidence = readEvidence(), checkpoint = readCheckpoint(evidence.checkpoint);
		for (const step of [checkLines, checkRoots, (v) => checkHead(v, checkpoint), checkAround, checkShown,
			(v) => checkSignatures(v, checkpoint), checkOpening, checkCarried, checkApprovals]) {
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

// What the reader says of root and size: how many lines that vouches for.
function compareRoot(evidence, given, wrong, missing) {
	const root = readRoot(given.root);
	if (given.root !== '' && root === null)
		missing.push('a root (what you gave is not one: 64 hex digits)');
	if (given.root === '' || root === null)
		return 0;
	const upTo = [evidence, ...evidence.roots].find((v) => v.root === root)?.size ?? 0;
	if (upTo === 0)
		wrong.push('the root that you gave is not one of this page');
	else if (given.size !== '' && given.size !== String(upTo))
		wrong.push(`the root that you gave is over ${upTo} lines here, and you gave ${given.size}`);
	return upTo;
}

// An address or a vkey on each line, each counted once: their keys, and which of them sign in which way.
function readCosigners(text) {
	const all = new Map();
	for (const line of text.split('\n').map((v) => v.trim()).filter((v) => v !== '')) {
		const owner = readAddress(line);
		demand(owner !== null || /\+/.test(line), `"${line}" is no address with its right checksum, and no witness's key`);
		demand(owner !== null || readKey(line, `"${line}"`).type === WITNESS_KEY, `"${line}" is not a witness's key`);
		all.set(owner ?? line, owner !== null ? 'owner' : 'witness');
	}
	return all;
}

// An owner's file (docs/formats.md, section 8): what it says and that it is signed, not whether anybody trusts its owner.
function readMessage(line, evidence) {
	const v = JSON.parse(line), m = v.message;
	only(v, 'by,deployment,format,message,signature,type', 'a cosignature that you gave');
	only(m, 'origin,root,size', 'a cosignature that you gave');
	demand(v.format === 'setgov-message/1' && v.type === 'LogCheckpoint' && readAddress(v.by) === v.by && isCount(m.size) &&
		/^0x[0-9a-f]{64}$/.test(m.root) && /^0x[0-9a-f]{130}$/.test(v.signature), 'what you gave is not a cosignature');
	demand(m.origin === evidence.origin, `what you gave of ${v.by} is about another log`);
	const c = { by: 'owner', key: v.by, size: m.size, root: m.root.slice(2), signature: bare(v.signature), seq: null };
	demand(evidence.safe !== null && recover(checkpointDigest(evidence.safe, m.origin, c.size, c.root), c.signature) === v.by,
		`what you gave of ${v.by} is not signed by them for the Safe of this log`);
	return c;
}

// A witness's line below a note says by its name and id whose it may be, and not which checkpoint it is of.
async function readWitnessed(line, evidence, cosigners) {
	const s = readSignature(line);
	demand(s !== null, 'what you gave of a witness is not written as it is below a note');
	for (const [vkey, by] of cosigners) {
		const key = by === 'witness' ? readKey(vkey, 'a witness') : null;
		for (const { size, root } of key?.name === s.name && key.id === s.id ? [evidence, ...evidence.roots] : []) {
			const c = { by, key: vkey, size, root, signature: s.bytes, seq: null };
			if (await isSigned(c, evidence.origin, null))
				return c;
		}
	}
	throw new Wrong(`what you gave of ${s.name} is not of a witness that you named, or over no checkpoint of this page, or NOT CHECKED`);
}

// Cosignatures that the reader has: whoever brought them, they are signed or they are not. Other lines are those of the
// note that a witness signed, which the page has itself.
async function readSignatures(text, evidence, cosigners, wrong, notes) {
	const signed = [];
	for (const line of text.split('\n').map((v) => v.trim()).filter((v) => /^[{\u2014]/.test(v))) {
		try {
			const c = line.startsWith('{') ? readMessage(line, evidence) : await readWitnessed(line, evidence, cosigners);
			const own = rootOver(evidence, c.size);
			if (own === c.root)
				signed.push(c);
			else if (own !== undefined && cosigners.has(c.key))
				wrong.push(`${c.key} signed another root over ${c.size} lines: there are two logs, or this one was rewritten`);
			else
				notes.push({ seq: null, text: `${c.key} signed a root over ${c.size} lines that this page does not have` });
		} catch (e) {
			notes.push({ seq: null, text: e instanceof Wrong ? e.message : 'what you gave is not a cosignature' });
		}
	}
	return signed;
}

// How many lines at least `needed` of these cosigners vouch for: whoever signed more lines signed the first ones, too.
function vouchedBy(cosigners, signed, needed, notes) {
	const sizes = { all: [], owners: [] };
	for (const [key, by] of cosigners) {
		const most = signed.filter((c) => c.key === key && c.by === by).reduce((a, c) => a !== null && a.size >= c.size ? a : c, null);
		notes.push({ seq: most?.seq ?? null, text: most === null ? `${key}: no signature of theirs over a root of this page is here`
			: `${by} ${key} signed the root over the first ${most.size} lines` });
		sizes.all.push(most?.size ?? 0);
		if (by === 'owner')
			sizes.owners.push(most?.size ?? 0);
	}
	const least = (v) => v.sort((x, y) => y - x)[needed - 1] ?? 0;
	return { all: least(sizes.all), owners: least(sizes.owners) };
}

async function compareCosigners(evidence, given, wrong, missing, notes) {
	const cosigners = readCosigners(given.cosigners), needed = given.needed === '' ? cosigners.size : Number(given.needed);
	const nobody = { of: cosigners.size, needed, all: 0, owners: 0 };
	if (cosigners.size === 0)
		return nobody;
	demand(/^[0-9]*$/.test(given.needed) && needed >= 1 && needed <= cosigners.size,
		`a number of cosigners between 1 and ${cosigners.size}`);
	const signed = await readSignatures(given.signatures, evidence, cosigners, wrong, notes);
	const vouched = vouchedBy(cosigners, [...evidence.cosigned, ...signed], needed, notes);
	if (vouched.all === 0)
		missing.push(`the signatures of ${needed} of the ${cosigners.size} cosigners that you gave`);
	return { ...nobody, ...vouched };
}

// Which log it is that the reader means: the one of this key, or the one of this Safe whose owners signed.
function compareName(evidence, given, cosigned, wrong, missing) {
	const safe = readSafe(given.safe);
	if (given.vkey !== '' && given.vkey !== evidence.vkey)
		wrong.push('the log key that you gave is not the key of this page');
	if (given.safe !== '' && safe === null)
		missing.push("the owners' Safe (what you gave is none: chain id:address)");
	else if (given.safe !== '' && safe.text !== evidence.safe?.text)
		wrong.push('the Safe that you gave is not the one of this log');
	if (given.vkey === '' && (given.safe === '' || cosigned.owners === 0))
		missing.push(cosigned.of === 0 ? 'a log key' : cosigned.owners === 0 ? 'a log key (only owners sign for a Safe)'
			: "a log key, or the owners' Safe,");
}

// What the reader brought says of this evidence: {wrong: […], missing: […], notes: […], upTo: lines vouched for, words}.
async function compare(evidence, given) {
	const wrong = [], missing = [], notes = [], fromRoot = compareRoot(evidence, given, wrong, missing);
	let cosigned = { of: 0, all: 0, owners: 0 };
	try {
		cosigned = await compareCosigners(evidence, given, wrong, missing, notes);
	} catch (e) {
		missing.push(`cosigners (${e.message})`);
	}
	if (given.root === '' && cosigned.of === 0 && missing.length === 0)
		missing.push('a root');
	compareName(evidence, given, cosigned, wrong, missing);
	const fromCosigners = given.vkey !== '' ? cosigned.all : cosigned.owners, upTo = Math.max(fromRoot, fromCosigners);
	const words = [fromRoot === upTo ? 'whose root you gave' : '',
		fromCosigners === upTo ? `whose root ${cosigned.needed} of the ${cosigned.of} cosigners that you gave signed` : ''];
	return { wrong, missing, notes, upTo, words: words.filter((v) => v !== '').join(' and ') };
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
async function judge(evidence, given) {
	const plain = (texts) => texts.map((text) => ({ seq: null, text }));
	if (faults.length > 0) {
		say('changed', 'CHANGED: do not rely on this page.', `${faults.length} things are not as they were logged.`);
		return list([...faults.slice(0, LISTED), ...plain(faults.length > LISTED ? ['and more'] : [])]);
	}
	const { wrong, missing, notes, upTo, words } = await compare(evidence, given), own = given.vkey !== '';
	list([...plain([...wrong, ...doubts]), ...notes]);
	if (wrong.length > 0)
		return say('changed', 'NOT THE SAME: this page is not of the log that you know.', 'What you gave differs:');
	if (missing.length > 0)
		return say('consistent', 'Consistent with itself, not verified.',
			`Whoever changed this page could have made it so. It needs ${missing.join(' and ')} from another place.`);
	if (doubts.length > 0)
		return say('part', 'Verified in part.', 'What you gave is what the page has; these things are open:');
	if (upTo < evidence.size)
		return say('part', `Verified in part: lines 0 to ${upTo - 1}.`, `What you gave vouches for the first ${upTo} lines. The ` +
			`later ones, and the tables, rest on the signature of ${own ? 'the log key' : 'a log key that you did not give'} alone.`);
	return say('verified', 'Verified.', `All ${evidence.lines.length} lines are in the log of ${evidence.size} lines ${words}. It is ` +
		`the one of ${own ? 'the log key that you gave' : 'the Safe that you gave; the log key shown is not among what you gave'}. ` +
		'What is shown here is what was logged.');
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
	id('took').textContent = `${lines.size} lines and ${signatures} signatures checked in ${Math.round(performance.now() - began)} ms.` +
		(approvals + withheld === 0 ? '' : ` ${approvals} of the signatures approve a step of a change, and are over its calls.`) +
		(withheld === 0 ? '' : ` ${withheld} more are withheld until their nonce is spent: they were NOT CHECKED.`);
	const names = ['root', 'size', 'vkey', 'cosigners', 'needed', 'safe', 'signatures'];
	const given = (read) => Object.fromEntries(names.map((name) => [name, read(name)]));
	let judged = judge(evidence, given(() => ''));      // one after another: the last that was asked is the last that is said
	id('ask').addEventListener('submit', (event) => {
		const what = given((name) => id(name).value.trim());
		event.preventDefault();
		say('unchecked', 'Checking.', '');
		judged = judged.then(() => judge(evidence, what));
	});
	id('ask').hidden = false;
}
start();
