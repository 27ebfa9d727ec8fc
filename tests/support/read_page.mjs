// Judges a report's page from docs/reports.md alone: reads its bytes, runs nothing of it, and has only node's own crypto, and
// ethers for what owners signed.
//     node read_page.mjs FILE ROOT VKEY [older ROOTs are taken too]
// Exit status 0 and what is vouched for, or 1 and the first thing that is wrong.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { AbiCoder, Interface, TypedDataEncoder, keccak256, recoverAddress, verifyTypedData } = createRequire(new URL('../../contracts/package.json', import.meta.url))('ethers');
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), createHash('sha256')).digest();
const node = (left, right) => sha256(Buffer.of(1), left, right);
const demand = (ok, text) => { if (!ok) throw new Error(text); };
const hex = (s) => Buffer.from(s, 'hex');
const HASH = /^[0-9a-f]{64}$/;

// RFC 9162, 2.1.3.2 and 2.1.4.2, with numbers of any size.
function step(state) {
	if (state.at % 2n === 1n || state.at === state.last) {
		state.left = true;
		while (state.at % 2n === 0n && state.at > 0n) { state.at >>= 1n; state.last >>= 1n; }
	} else {
		state.left = false;
	}
	state.at >>= 1n;
	state.last >>= 1n;
}
function inclusion(leaf, seq, size, path) {
	const s = { at: BigInt(seq), last: BigInt(size) - 1n };
	const root = path.reduce((hash, other) => {
		demand(s.last > 0n, 'path too long');
		step(s);
		return s.left ? node(other, hash) : node(hash, other);
	}, leaf);
	demand(s.last === 0n, 'path too short');
	return root;
}
function consistent(old, oldRoot, size, root, path) {
	const s = { at: BigInt(old) - 1n, last: BigInt(size) - 1n };
	while (s.at % 2n === 1n) { s.at >>= 1n; s.last >>= 1n; }
	const hashes = s.at === 0n ? [oldRoot, ...path] : path;
	let [before, now] = [hashes[0], hashes[0]];
	for (const other of hashes.slice(1)) {
		demand(s.last > 0n, 'growth too long');
		step(s);
		if (s.left) before = node(other, before);
		now = s.left ? node(other, now) : node(now, other);
	}
	demand(s.last === 0n && before.equals(oldRoot) && now.equals(root), `does not grow from ${old} lines`);
}

const ed25519 = (raw) => createPublicKey({ key: Buffer.concat([hex('302a300506032b6570032100'), raw]), format: 'der', type: 'spki' });
const vkeyOf = (text) => {
	const [, name, id, key] = text.match(/^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/), raw = Buffer.from(key, 'base64');
	demand(raw.length === 33 && raw.toString('base64') === key, 'vkey');
	demand(sha256(name, '\n', raw).subarray(0, 4).toString('hex') === id, 'vkey id');
	return { name, id, type: raw[0], pub: ed25519(raw.subarray(1)) };
};

// A line checkpoint.cosigned: its root is the log's, its signature is by its key.
function cosigned({ by, key, root, signature, size, time }, v, opened) {
	demand([v, ...v.roots].some((r) => r.size === size && r.root === root), 'cosigned: root');
	if (by === 'owner') {
		const uint256 = 'uint256', types = { LogCheckpoint: [{ name: 'origin', type: 'string' }, { name: 'size', type: uint256 }, { name: 'root', type: 'bytes32' }] };
		const domain = { name: 'setgov', version: '1', chainId: opened.chainId, verifyingContract: opened.safe };
		demand(verifyTypedData(domain, types, { origin: v.origin, size, root: `0x${root}` }, `0x${signature}`) === key, 'cosigned: owner');
		return;
	}
	const witness = vkeyOf(key), bytes = hex(signature), text = `${v.origin}\n${size}\n${hex(root).toString('base64')}\n`;
	demand(by === 'witness' && witness.type === 4 && bytes.length === 72 && bytes.readBigUInt64BE() === BigInt(time), 'cosigned: witness');
	demand(verify(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), witness.pub, bytes.subarray(8)), 'cosigned: signature');
}

// What owners sign for a step of a change, from its lines alone: the timelock's calldata, the Safe's transaction.
const CALLS = ['address[], uint256[], bytes[], bytes32, bytes32', 'address, uint256, bytes, bytes32, bytes32'];
const TIMELOCK = new Interface([`function scheduleBatch(${CALLS[0]}, uint256)`, `function executeBatch(${CALLS[0]})`,
	`function schedule(${CALLS[1]}, uint256)`, `function execute(${CALLS[1]})`, 'function cancel(bytes32)']);
function safeTx({ step, nonce }, { calls, delay, predecessor, route }, salt, timelock) {
	const one = calls.length === 1, args = [...['to', 'value', 'data'].map((name) => (one ? calls[0][name] : calls.map((c) => c[name]))), predecessor, salt];
	const value = step === 'execute' ? calls.reduce((sum, c) => sum + BigInt(c.value), 0n) : 0n;
	const rest = { value, operation: 0, safeTxGas: 0, baseGas: 0, gasPrice: 0, gasToken: `0x${'0'.repeat(40)}`, refundReceiver: `0x${'0'.repeat(40)}`, nonce };
	if (route === 'direct')
		return { ...rest, to: calls[0].to, data: calls[0].data };
	const id = keccak256(AbiCoder.defaultAbiCoder().encode(CALLS[one ? 1 : 0].split(', '), args)), batch = one ? '' : 'Batch';
	const [name, ...given] = { schedule: [`schedule${batch}`, ...args, delay], execute: [`execute${batch}`, ...args], cancel: ['cancel', id] }[step];
	return { ...rest, to: timelock, data: TIMELOCK.encodeFunctionData(name, given) };
}
const SAFE_TX = { SafeTx: 'address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,uint256 gasPrice,address gasToken,address refundReceiver,uint256 nonce'
	.split(',').map((v) => ({ type: v.split(' ')[0], name: v.split(' ')[1] })) };

// The signatures of approvals: each of a step that is on chain, by its owner, over its calls; and each of those that are not here
// is of none. Returns how many of a step that is on chain are missing.
function approved(v, said) {
	const here = new Map(v.approvals.map((a) => [a.seq, a.signature])), [opened] = said;
	demand(here.size === v.approvals.length && v.approvals.every((a) => Object.keys(a).join() === 'seq,signature'), 'approvals: members');
	for (const seq of here.keys())
		demand(said.some((l) => l.seq === seq && l.kind === 'signature.added'), `line ${seq}: signature of no approval`);
	return said.filter((l) => l.kind === 'signature.added').filter(({ seq, change, body }) => {
		const of = said.filter((l) => l.change === change), signature = here.get(seq);
		const step = (kind) => of.find((l) => l.kind === kind && l.body.step === body.step && l.body.safeTxHash === body.safeTxHash);
		const mined = step('step.mined'), packed = step('step.packed');
		if (signature === undefined) return mined !== undefined;
		demand(mined !== undefined, `line ${seq}: signature that is not spent`);
		demand(/^[0-9a-f]{128}1[bc]$/.test(signature) && sha256(hex(signature)).toString('hex') === body.signature, `line ${seq}: digest of the signature`);
		const proposed = of.find((l) => l.kind === 'change.proposed'), planned = of.find((l) => l.kind === 'operation.planned');
		const deployment = said.find((l) => /^(log\.opened|deployment\.adopted)$/.test(l.kind) && l.body.deployment === proposed.body.deployment);
		demand(packed.seq < seq && (proposed.body.route === 'direct' || planned.body.size === proposed.seq + 1 &&
			[v, ...v.roots].some((r) => r.size === planned.body.size && `0x${r.root}` === planned.body.salt)), `line ${seq}: salt`);
		const domain = { chainId: opened.body.chainId, verifyingContract: opened.body.safe };
		const hash = TypedDataEncoder.hash(domain, SAFE_TX, safeTx(packed.body, proposed.body, planned?.body.salt, deployment?.body.timelock));
		demand(hash === packed.body.safeTxHash, `line ${seq}: safeTxHash`);
		demand(recoverAddress(hash, `0x${signature}`) === body.owner, `line ${seq}: owner`);
		return false;
	}).length;
}

function between(text, from, to, what) {
	const at = text.indexOf(from), end = text.indexOf(to, at + from.length);
	demand(at >= 0 && end >= 0, `no ${what}`);
	return text.slice(at + from.length, end);
}
const plain = (html) => html.replace(/<var>\\u\{([0-9A-F]{4,6})\}<\/var>/g, (_, c) => String.fromCodePoint(parseInt(c, 16)))
	.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

// All that is before the body.
function head(title, style, program, v) {
	const printed = `@page{@bottom-center{font-size:7pt;content:"${v.size} lines, root ${v.root}"}}`;
	const source = (text) => `'sha256-${sha256(text).toString('base64')}'`;
	const shown = title.replace(/<var>(.*?)<\/var>/g, '$1');
	return `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="` +
		`default-src 'none'; script-src ${source(program)}; style-src ${source(style)} ${source(printed)}; base-uri 'none'; form-action 'none'">\n` +
		'<meta name="referrer" content="no-referrer">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
		'<link rel="expect" href="#end" blocking="render">\n' +
		`<title>${shown}</title>\n<style>${style}</style>\n<style id="printed">${printed}</style>\n</head>\n<body>`;
}

export function judge(file, root, vkey) {
	const style = between(file, '<style>', '</style>', 'style');
	const bodyAt = file.indexOf('<body>') + 6, bodyEnd = file.lastIndexOf('</script>') + 9, body = file.slice(bodyAt, bodyEnd);
	const places = {}, blank = (pattern, name) => (text) => text.replace(pattern, (_, before, inside, after) => {
		demand(places[name] === undefined, `${name} twice`);
		places[name] = inside;
		return before + after;
	});
	let frame = body;
	for (const name of ['origin', 'size', 'root', 'vkey'])
		frame = blank(new RegExp(`(<dd id="the-${name}"[^>]*>)([^<]*)(</dd>)`), name)(frame);
	frame = blank(/(<pre id="the-checkpoint">)([^<]*)(<\/pre>)/, 'checkpoint')(frame);
	frame = blank(/(<h2 id="lines-title">[^<]*<\/h2>\n<p>[^<]*<\/p>\n<ol>)([^]*?)(<\/ol><\/section>\n<footer>)/, 'lines')(frame);
	frame = blank(/(<script type="application\/json" id="evidence">)([^]*?)(<\/script>)/, 'evidence')(frame);

	const v = JSON.parse(places.evidence), title = between(body, '<main>\n<h1>', '</h1>', 'title');
	demand(file.slice(0, bodyAt) === head(title, style, body.slice(body.lastIndexOf('<script>') + 8, -9), v), 'what is before the body');
	demand(file.slice(bodyEnd) === '\n</body></html>\n', 'what is behind the program');
	demand(JSON.stringify(v).replaceAll('<', '\\u003c') === places.evidence, 'evidence is not canonical');
	demand(Object.keys(v).join() === 'format,origin,vkey,checkpoint,size,root,made,hashes,lines,roots,approvals,rows', 'members');
	demand(v.format === 'setgov-report-evidence/1', 'format');
	demand([...v.hashes, ...v.rows, v.root].every((h) => HASH.test(h)), 'hashes');
	for (const name of ['origin', 'size', 'root', 'vkey', 'checkpoint']) demand(places[name] === String(v[name]), `shown ${name}`);

	const used = new Set(), path = (indices) => indices.map((i) => { used.add(i); return hex(v.hashes[i]); });
	const shown = [...places.lines.matchAll(/\n<li id="line-(\d+)" value="(\d+)">(?:<code>([^\n]*)<\/code>|([^\n<]*))<\/li>/g)];
	demand(`${shown.map((m) => m[0]).join('')}\n` === places.lines && shown.length === v.lines.length, 'lines shown');
	let before = null, newer = 0;
	v.lines.forEach((l, i) => {
		demand(Object.keys(l).join() === 'seq,leaf,path,line' && HASH.test(l.leaf), `line ${l.seq}: members`);
		demand(before === null || l.seq > before.seq, `line ${l.seq}: order`);
		demand(shown[i][1] === String(l.seq) && shown[i][2] === String(l.seq), `line ${l.seq}: number`);
		demand(l.line === null ? shown[i][4] === `not carried; its leaf hash is ${l.leaf}` : plain(shown[i][3]) === l.line, `line ${l.seq}: shown`);
		if (l.line !== null) {
			const said = JSON.parse(l.line);
			demand(sha256(Buffer.of(0), l.line).toString('hex') === l.leaf && said.seq === l.seq, `line ${l.seq}: leaf`);
			demand(before === null || before.seq + 1 !== l.seq || said.prev === before.leaf, `line ${l.seq}: prev`);
		}
		newer += l.path === null;
		demand(l.path === null ? l.line === null || l.seq >= v.size
			: l.seq < v.size && inclusion(hex(l.leaf), l.seq, v.size, path(l.path)).toString('hex') === v.root, `line ${l.seq}: path`);
		before = l;
	});
	const said = v.lines.filter((l) => l.line !== null && l.path !== null).map((l) => JSON.parse(l.line));
	said.filter((l) => l.kind === 'checkpoint.cosigned').forEach((l) => cosigned(l.body, v, said[0].body));
	const unchecked = approved(v, said);
	for (const r of v.roots) {
		demand(Object.keys(r).join() === 'size,root,growth' && HASH.test(r.root), 'roots');
		consistent(r.size, hex(r.root), v.size, hex(v.root), path(r.growth));
	}
	demand(used.size === v.hashes.length, 'hashes too many');

	const { name, id, type, pub } = vkeyOf(v.vkey);
	demand(type === 1 && name === v.origin, 'vkey');
	const text = v.checkpoint.slice(0, v.checkpoint.lastIndexOf('\n\n') + 1), signature = v.checkpoint.slice(text.length + 1);
	demand(text === `${v.origin}\n${v.size}\n${hex(v.root).toString('base64')}\n`, 'checkpoint');
	const [, by, signed] = signature.match(/^\u2014 (\S+) (\S+)\n$/), bytes = Buffer.from(signed, 'base64');
	demand(by === name && bytes.toString('base64') === signed && bytes.subarray(0, 4).toString('hex') === id, 'signature by');
	demand(verify(null, Buffer.from(text), pub, bytes.subarray(4)), 'signature');

	const rows = [...body.slice(0, body.indexOf('</main>')).matchAll(/\n(<tr>[^]*?<\/tr>)/g)].map((m) => sha256(m[1]).toString('hex'));
	demand(rows.join() === v.rows.join(), 'rows');
	const made = v.made === null ? null : JSON.parse(v.lines.find((l) => l.seq === v.made).line);
	if (made !== null) {
		demand(made.kind === 'report.made' && made.body.form === 'html', 'report.made');
		demand(made.body.digest === sha256(style, frame).toString('hex'), 'digest of the page');
	}
	const given = [v, ...v.roots].find((r) => r.root === root);
	demand(given !== undefined && vkey === v.vkey, 'root or key');
	return given === v && made !== null && newer === 0 && unchecked === 0 ? 'verified' : 'part';
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const [file, root, vkey] = process.argv.slice(2);
	try {
		console.log(judge(readFileSync(file, 'utf8'), root, vkey));
	} catch (e) {
		console.error(e.message);
		process.exit(1);
	}
}
