// Reads a report in any of its forms, knowing docs/reports.md and audit-log/FORMAT.md and nothing of our code.
//   same A B [--evidence-apart]   both say the same facts: every section, row, cell, mark and line; but for what counts reports
//   exact A B                     the same, of one log that did not grow between: nothing is left out but the time
//   verify FILE                   (json, csv) each line is under the signed checkpoint, and each row's lines are there
//   plain FILE                    the file with whatever differs from run to run replaced
import { createHash, createPublicKey, verify as check } from 'node:crypto';
import { readFileSync } from 'node:fs';

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const die = (text) => { console.error(text); process.exit(1); };

// What a screen must not show as it is, as our forms for people write it.
const deceives = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}|\u2800/gu;
const shown = (text) => text.replace(deceives, (c) => c === '\n' ? c
	: `\\u{${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}}`);

function readJson(text) {
	const r = JSON.parse(text);
	return { title: shown(r.title),
		sections: r.sections.map((s) => ({ id: s.id, title: shown(s.title), text: shown(s.text ?? ''), columns: s.columns,
			rows: s.rows.map((row) => ({ cells: s.columns.map((c) => shown(row.cells[c])), mark: row.mark, lines: row.lines })) })),
		evidence: { ...r.evidence, lines: r.evidence.lines.map((l) => ({ ...l, line: l.line ?? '' })) } };
}

function records(text) {
	const out = [];
	let row = [], i = 0;
	while (i < text.length) {
		if (text[i] !== '"') die(`byte ${i}: a cell without quotes`);
		let cell = '';
		for (i++; text[i] !== '"' || text[i + 1] === '"'; i++) { if (text[i] === '"') i++; cell += text[i]; }
		i++;
		row.push(cell);
		if (text.startsWith('\r\n', i)) { out.push(row); row = []; i += 2; } else if (text[i] === ',') i++; else die(`byte ${i}: needed , or CRLF`);
	}
	return out;
}
const unquoted = (cell) => /^'(\s*[=+\-@]|\\u\{0009\}|\\u\{000D\})/.test(cell) ? cell.slice(1) : cell;

function readCsv(text) {
	const facts = {}, sections = [], ev = { lines: [], approvals: [] };
	let columns;
	for (const row of records(text)) {
		if (row[0] === 'section' && row[1] === 'mark') { columns = row.slice(2, -2); continue; }
		const [id, mark] = row, cells = row.slice(2, -2).map(unquoted), entries = row.at(-1);
		if (cells.length !== columns.length) die(`${id}: ${cells.length} cells under ${columns.length} columns`);
		if (id === 'report') {
			facts[cells[0]] = cells[1];
			if (cells[0].startsWith('section ')) sections.push({ id: cells[0].slice(8), title: cells[1], text: '', rows: [] });
			if (cells[0].startsWith('text ')) sections.find((s) => s.id === cells[0].slice(5)).text = cells[1];
		} else if (id === 'evidence') ev[cells[0]] = cells[0] === 'size' ? Number(cells[1]) : cells[1];
		else if (id === 'evidence_lines') ev.lines.push({ seq: Number(cells[0]), leaf: cells[1],
			path: cells[2] ? cells[2].split(' ') : [], withheld: cells[3] || null, line: entries });
		else if (id === 'evidence_approvals') {
			if (cells[0] !== row.at(-2) || JSON.parse(entries).seq !== Number(cells[0])) die(`approval ${cells[0]}: another line beside it`);
			ev.approvals.push({ seq: Number(cells[0]), signature: cells[1] });
		} else {
			const s = sections.find((v) => v.id === id);
			s.columns = columns;
			s.rows.push({ cells, mark, lines: row.at(-2) ? row.at(-2).split(' ').map(Number) : [], entries: entries ? entries.split('\n') : [] });
		}
	}
	return { title: facts.title, sections, evidence: ev };
}

const unescaped = (text) => text.split('<br>').map((line) =>
	line.replace(/\\([!-/:-@[-`{-~])|`(@|:\/\/|www\.)`/g, (_, c, code) => c ?? code)).join('\n');
const columnsOf = (line) => line.slice(1, -1).split(/(?<=(?:^|[^\\])(?:\\\\)*)\|/).map((c) => unescaped(c.replace(/^ | $/g, '')));

function readMarkdown(text) {
	const lines = text.split('\n'), sections = [];
	let s;
	for (let i = 0; i < lines.length; i++) {
		const line = lines[i];
		if (line.startsWith('## ')) sections.push(s = { title: unescaped(line.slice(3)), text: '', rows: [] });
		else if (!s) continue;
		else if (line.startsWith('| ') && !s.columns) { s.columns = columnsOf(line); i++; }
		else if (line.startsWith('| ')) {
			const cells = columnsOf(line), mark = s.columns.at(-2) === 'mark' ? cells.at(-2).replaceAll('*', '') : '';
			s.rows.push({ cells: cells.slice(0, s.columns.at(-2) === 'mark' ? -2 : -1), mark,
				lines: cells.at(-1) ? cells.at(-1).split(', ').map(Number) : [] });
		} else if (line && line !== 'None.') s.text += unescaped(line);
	}
	const ev = sections.pop();
	if (ev.title !== 'Evidence') die('no evidence at the end');
	return { title: unescaped(lines[0].slice(2)), sections, evidence: { lines: [], leaves: ev.rows } };
}

// The page's tables as they stand in <main>, before any program has run. Headings have spaces for underscores.
const stripped = (html) => html.replace(/<br>/g, '\n').replace(/<[^>]*>/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>')
	.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&');
function readHtml(text) {
	const main = text.slice(text.indexOf('<main>'), text.indexOf('</main>')), sections = [];
	for (const [, html] of main.matchAll(/<section id="s\d+"[^>]*>([^]*?)<\/section>/g)) {
		const s = { title: stripped(/<h2[^>]*>([^]*?)<\/h2>/.exec(html)[1]), text: stripped(/<p>([^]*?)<\/p>/.exec(html)?.[1] ?? ''), rows: [] };
		const heads = [...html.matchAll(/<th scope="col">([^]*?)<\/th>/g)].map((m) => stripped(m[1]));
		const marked = heads.at(-2) === 'mark';
		for (const [, row] of html.slice(html.indexOf('<tbody>')).matchAll(/<tr>([^]*?)<\/tr>/g)) {
			const cells = [...row.matchAll(/<t[hd][^>]*>([^]*?)<\/t[hd]>/g)].map((m) => stripped(m[1]));
			s.rows.push({ cells: cells.slice(0, marked ? -2 : -1), mark: marked ? cells.at(-2) : '', lines: [...cells.at(-1).matchAll(/\d+/g)].map(Number) });
		}
		sections.push(s);
	}
	return { title: stripped(/<h1>([^]*?)<\/h1>/.exec(main)[1]), sections, evidence: { lines: [] } };
}

function read(file) {
	const text = readFileSync(file, 'utf8');
	return file.endsWith('.json') ? readJson(text) : file.endsWith('.csv') ? readCsv(text)
		: file.endsWith('.html') ? readHtml(text) : readMarkdown(text);
}

// Two reports are never made at the same time, nor by the same hands: this part of them is about that.
const ABOUT = ['exporter_id', 'exporter', 'policy_now', 'auth_method', 'time', 'time_source', 'log_lines', 'lines_shown', 'lines_withheld'];
const TIMES = ['time', 'time_source', 'unanchored_tail_age'];
const COUNTING = ['lines_by_kind', 'governance', 'unanchored_tail', 'differences', 'state_proofs', 'range'];
function same(a, b, apart, exact) {
	const wrong = (...what) => die(`${process.argv[3]} and ${process.argv[4]} differ: ${what.map((w) => JSON.stringify(w)).join(' ')}`);
	if (a.title !== b.title) wrong('title', a.title, b.title);
	if (a.sections.length !== b.sections.length) wrong('sections', a.sections.length, b.sections.length);
	a.sections.forEach((s, i) => {
		const t = b.sections[i];
		if (s.title !== t.title || (t.id && s.id !== t.id)) wrong(s.title, t.title);
		if (s.text.trim() !== t.text.trim() && (exact || (s.id !== 'differences' && s.id !== 'state_proofs'))) wrong(s.id, s.text, t.text);
		if (!exact && COUNTING.includes(s.id))
			return shape(s, t, wrong);
		if (s.rows.length !== t.rows.length) wrong(s.id, 'rows', s.rows.length, t.rows.length);
		s.rows.forEach((row, k) => {
			const other = t.rows[k];
			const about = exact ? TIMES.includes(row.cells[0]) : s.id === 'export' && ABOUT.includes(row.cells[0]);
			row.cells.forEach((c, n) => { if (c !== other.cells[n] && !(about && n === 1)) wrong(s.id, k, row.cells[0], c, other.cells[n]); });
			if (row.mark !== other.mark || String(row.lines) !== String(other.lines)) wrong(s.id, k, row.mark, other.mark, row.lines, other.lines);
		});
	});
	if (apart) return;
	if (JSON.stringify(a.evidence.lines.map((l) => [l.seq, l.leaf, l.line])) !== JSON.stringify(b.evidence.lines.map((l) => [l.seq, l.leaf, l.line])))
		wrong('evidence');
	if (a.evidence.approvals && b.evidence.approvals && JSON.stringify(a.evidence.approvals) !== JSON.stringify(b.evidence.approvals)) wrong('approvals');
}
// Sections that count reports themselves: what both have, has to be the same.
function shape(s, t, wrong) {
	if (t.columns && s.columns.some((c, i) => c !== t.columns[i])) wrong(s.id, s.columns, t.columns);
	if (s.id !== 'governance') return;
	const n = Math.min(s.rows.length, t.rows.length);
	for (let k = 0; k < n; k++) s.rows[k].cells.forEach((c, i) => { if (c !== t.rows[k].cells[i]) wrong(s.id, k, c, t.rows[k].cells[i]); });
}

function pathRoot(leaf, index, size, path) {
	let h = leaf, fn = BigInt(index), sn = BigInt(size) - 1n;
	for (const p of path.map((x) => Buffer.from(x, 'hex'))) {
		if (sn === 0n) return null;
		if (fn & 1n || fn === sn) {
			h = sha(Buffer.from([1]), p, h);
			while (!(fn & 1n) && fn !== 0n) { fn >>= 1n; sn >>= 1n; }
		} else h = sha(Buffer.from([1]), h, p);
		fn >>= 1n; sn >>= 1n;
	}
	return sn === 0n ? h : null;
}

// The signatures that approvals have the digests of: of each step that is on chain, and of no other. By whom, read_page.mjs says.
function approved(ev, lines) {
	const mined = new Set(lines.filter((l) => l.kind === 'step.mined').map((l) => l.body.safeTxHash));
	const here = new Map(ev.approvals.map((v) => [v.seq, v.signature]));
	if (here.size !== ev.approvals.length) die('an approval is there twice');
	for (const { seq, body } of lines.filter((l) => l.kind === 'signature.added')) {
		if (here.has(seq) !== mined.has(body.safeTxHash)) die(`line ${seq}: its signature is here, or is not, and its step is not on chain, or is`);
		if (here.has(seq) && sha(Buffer.from(here.get(seq), 'hex')).toString('hex') !== body.signature) die(`line ${seq}: another signature`);
		here.delete(seq);
	}
	if (here.size) die('a signature of no approval');
}

function verify(r) {
	const ev = r.evidence, [name, id, key] = ev.vkey.split(/\+/), raw = Buffer.from(ev.vkey.slice(name.length + id.length + 2), 'base64');
	const end = ev.checkpoint.indexOf('\n\n'), text = ev.checkpoint.slice(0, end + 1);
	const [origin, size, root] = text.split('\n');
	const signed = ev.checkpoint.slice(end + 2).split('\n').find((l) => l.startsWith(`\u2014 ${name} `));
	const sig = Buffer.from(signed.split(' ')[2], 'base64').subarray(4);
	const pub = createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw.subarray(1)]), format: 'der', type: 'spki' });
	if (!key || !check(null, Buffer.from(text), pub, sig)) die('the checkpoint is not signed by the key');
	if (origin !== ev.origin || Number(size) !== Number(ev.size) || Buffer.from(root, 'base64').toString('hex') !== ev.root) die('the checkpoint is about something else');
	const leaves = new Map();
	for (const l of ev.lines) {
		if (!l.line) { if (!l.withheld) die(`line ${l.seq} is neither here nor withheld`); continue; }
		const leaf = sha(Buffer.from([0]), Buffer.from(l.line));
		if (leaf.toString('hex') !== l.leaf) die(`line ${l.seq} is not the one of its leaf`);
		if (l.seq >= Number(size)) die(`line ${l.seq} is newer than the checkpoint`);
		if (pathRoot(leaf, l.seq, size, l.path)?.toString('hex') !== ev.root) die(`line ${l.seq} is not under the checkpoint`);
		leaves.set(l.seq, l.leaf);
	}
	approved(ev, ev.lines.filter((l) => l.line).map((l) => JSON.parse(l.line)));
	for (const s of r.sections) for (const row of s.rows) {
		for (const seq of row.lines) if (!leaves.has(seq)) die(`${s.id}: line ${seq} is not in the evidence`);
		for (const entry of row.entries ?? []) {
			const leaf = sha(Buffer.from([0]), Buffer.from(entry)).toString('hex');
			if (leaves.get(JSON.parse(entry).seq) !== leaf) die(`${s.id}: a row carries another line than the evidence`);
		}
	}
	if (leaves.size === 0) die('no lines');
}

function plain(text) {
	const words = new Set(readFileSync('src/crypto/words.c', 'utf8').match(/"[a-z]+"/g).map((w) => w.slice(1, -1)));
	// Tries have another shape each time: not which nodes, and how many.
	const nodes = text.replace(/(?:\| \d+ \| 0x[0-9a-f]+ \| {2}\|\n)+/g, '| <node> |\n')
		.replace(/(?:\n {4}\{"cells":\{"node":"\d+","rlp":"0x[0-9a-f]+"\}[^}]*\},?)+/g, '<nodes>')
		.replace(/(?:"state_proof_nodes","","\d+","0x[0-9a-f]+",[^\n]*\n)+/g, '<nodes>\n')
		.replace(/((?:0x[0-9a-f]{64}(?: \| |",")){2})\d+(?: \d+)*(?= \| {2}\||","","")/g, '$1<places>').replace(/((?:account|storage)_proof":")\d+(?: \d+)*/g, '$1<places>');
	return nodes.replace(/0x[0-9a-fA-F]{100,}/g, '<data>').replace(/\b[0-9a-f]{130}\b/g, '<signature>').replace(/0x[0-9a-fA-F]{64}/g, '<hash>').replace(/0x[0-9a-fA-F]{40}\b/g, '<address>')
		.replace(/(?:[0-9a-f]{64} )*\b[0-9a-f]{64}\b/g, '<digest>').replace(/"<digest>"(,"<digest>")+/g, '"<digest>"…').replace(/\b[0-9a-f]{32}\b/g, '<id>')
		.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>').replace(/\d{4}-\d\d-\d\d\b/g, '<day>')
		.replace(/\b\d+ s(?: = [\da-z ]*[a-z])?(?!\w)/g, '<duration>').replace(/setgov\/\d+\/[a-z-]+\/[0-9a-f]{8}/g, '<origin>').replace(/[A-Za-z0-9+/]{40,}={0,2}/g, '<base64>')
		.replace(/<origin>\+[0-9a-f]{8}\+<base64>/g, '<vkey>').replace(/(blockTime|taken|gas|gasUsed|maxFeePerGas|maxPriorityFeePerGas|block)(\\?"*):((?:\\?")*)\d+/g, '$1$2:$3<n>')
		.replace(/(seconds|shortest|median|longest|delay_actual|lead_seconds)("?[:,] ?"?)\d+/g, '$1$2<n>').replace(/"\d{4,}"/g, '"<n>"').replace(/\| \d{4,} \|/g, '| <n> |')
		.replace(/(?<=\| )\d{4,}(?= \|)/g, '<n>').replace(/\bblock \d+/g, 'block <n>').replace(/eth_getProof[^"|]*/g, '<no proofs>')
		.replace(/(?:\| \d+ ){3}\| <duration>/g, '| <n> | <n> | <n> | <duration>').replace(/(?:"\d+",){3}"<duration>"/g, '"<n>","<n>","<n>","<duration>"')
		.replace(/(this machine's clock; )(?:not )?synchronised now[a-z0-9 ,]*[a-z]/g, '$1<clock>').replace(/<time> \| \d+ \|/g, '<time> | <n> |').replace(/"<time>","\d+"/g, '"<time>","<n>"')
		.replace(/(?:\b[a-z]+ ){7}[a-z]+\b/g, (m) => m.split(' ').every((w) => words.has(w)) ? '<phrase>' : m)
		.replace(/<address> \(p\d\)(?:, <address> \(p\d\))+/g, (m) => m.split(', ').sort().join(', '));
}

const [, , what, one, two, apart] = process.argv;
if (what === 'same' || what === 'exact') same(read(one), read(two), Boolean(apart) || what === 'exact', what === 'exact');
else if (what === 'verify') verify(read(one));
else if (what === 'plain') process.stdout.write(plain(readFileSync(one, 'utf8')));
else die('same | exact | verify | plain');
