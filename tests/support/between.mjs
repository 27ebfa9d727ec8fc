// Stands between setgov and a real node: between.mjs DIR URL listens on a free port, writes it to DIR/between-url, and
// passes everything on. One line per request goes to DIR/asked: the methods in it, with how often ("eth_call*3
// eth_getLogs"). Methods that DIR/missing lists, one a line, are answered with -32601, as nodes do that lack them. With
// DIR/short-logs there, eth_getLogs over more than ten blocks is refused, as hosted nodes do. Where DIR/lies has a line
// "SELECTOR RESULT", an eth_call with that selector is answered so, whatever the chain says.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';

const [dir, url] = process.argv.slice(2);
const missing = () => (existsSync(join(dir, 'missing')) ? readFileSync(join(dir, 'missing'), 'utf8').split('\n') : []);
const short = () => existsSync(join(dir, 'short-logs'));
const lies = () => (existsSync(join(dir, 'lies')) ? readFileSync(join(dir, 'lies'), 'utf8').trim().split('\n') : []);
const lie = (call) => call.method === 'eth_call' &&
  lies().map((l) => l.split(' ')).find(([selector]) => call.params[0].data?.startsWith(selector))?.[1];
const error = (code, message) => ({ code, message });

const refused = (call) => {
  if (missing().includes(call.method)) return error(-32601, `the method ${call.method} does not exist/is not available`);
  const { fromBlock, toBlock } = call.params?.[0] ?? {};
  if (short() && call.method === 'eth_getLogs' && Number(toBlock) - Number(fromBlock) > 10)
    return error(-32005, 'query exceeds max block range 10');
  return undefined;
};
const note = (calls) => {
  const n = new Map();
  for (const c of calls) n.set(c.method, (n.get(c.method) ?? 0) + 1);
  appendFileSync(join(dir, 'asked'), `${[...n].map(([m, k]) => (k > 1 ? `${m}*${k}` : m)).join(' ')}\n`);
};

const server = http.createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  const asked = JSON.parse(body);
  const calls = Array.isArray(asked) ? asked : [asked];
  note(calls);
  const no = new Map(calls.map((c) => [c.id, refused(c)]).filter(([, e]) => e !== undefined));
  const pass = calls.filter((c) => !no.has(c.id));
  let answers = [];
  if (pass.length > 0) {
    const r = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(pass) });
    answers = await r.json();
  }
  for (const c of pass) {
    const said = lie(c);
    if (said) Object.assign(answers.find((a) => a.id === c.id), { result: said });
  }
  for (const [id, e] of no) answers.push({ jsonrpc: '2.0', id, error: e });
  res.writeHead(200, { 'content-type': 'application/json' });
  res.end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]));
});
server.listen(0, '127.0.0.1', () => {
  writeFileSync(join(dir, 'between-url.new'), `http://127.0.0.1:${server.address().port}`);
  renameSync(join(dir, 'between-url.new'), join(dir, 'between-url'));
});
