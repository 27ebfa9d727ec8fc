// A node that changes its mood: moody_node.mjs DIR URL stands before the real one at URL, on a free port that it writes to
// DIR/moody-url. DIR/mood says how it is now: well (passes everything on), mute (takes the question, never answers), gone
// (hangs up), liar (says it is another chain), garbage (bytes that are no JSON), or ESC sequences in an error (escape).
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';

const [dir, url] = process.argv.slice(2);
const mood = () => readFileSync(join(dir, 'mood'), 'utf8').trim();
const json = (res, text) => {
  res.writeHead(200, { 'content-type': 'application/json' });
  res.end(text);
};
const pass = async (body) => (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();
const each = (body, fn) => {
  const calls = JSON.parse(body);
  return JSON.stringify(Array.isArray(calls) ? calls.map(fn) : fn(calls));
};

const server = http.createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  switch (mood()) {
    case 'well': return json(res, await pass(body));
    case 'mute': return undefined;
    case 'gone': return req.socket.destroy();
    case 'liar': return json(res, each(body, (c) => ({ jsonrpc: '2.0', id: c.id, result: '0x1' })));
    case 'garbage': return json(res, Buffer.from([0, 255, 27, 91, 50, 74, 123]));
    case 'escape': return json(res, each(body, (c) => ({ jsonrpc: '2.0', id: c.id, error: { code: -32000, message: '\x1b[2J\x1b]0;owned\x07 all is well' } })));
    default: return req.socket.destroy();
  }
});
server.listen(0, '127.0.0.1', () => {
  writeFileSync(join(dir, 'moody-url.new'), `http://127.0.0.1:${server.address().port}`);
  renameSync(join(dir, 'moody-url.new'), join(dir, 'moody-url'));
});
