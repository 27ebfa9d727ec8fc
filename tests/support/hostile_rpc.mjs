#!/usr/bin/env node
// A server on 127.0.0.1 that answers JSON-RPC in every wrong way. hostile_rpc.mjs DIR: reads the certificates that
// tests/e2e/net_tls.sh made in DIR, listens on free ports, and writes DIR/ports ("good=40001" a line) when it is ready.
// The path chooses the behaviour: /good answers every call with "0x1".
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { join } from 'node:path';

const dir = process.argv[2];
const read = (name) => readFileSync(join(dir, name));
const tls = (name) => ({ key: read(`${name}.key`), cert: read(`${name}.pem`) });
const seen = { busy: 0, flaky: 0 };

const reply = (call) => ({ jsonrpc: '2.0', id: call.id, result: '0x1' });
const answers = (body) => {
  const calls = JSON.parse(body);
  return JSON.stringify(Array.isArray(calls) ? calls.map(reply) : reply(calls));
};
const ok = (res, text, headers = {}) => {
  res.writeHead(200, { 'content-type': 'application/json', ...headers });
  res.end(text);
};

const behaviours = {
  '/good': (req, res, body) => ok(res, answers(body)),
  // what anvil demands, and a proof that nothing else slipped in
  '/headers': (req, res, body) => (req.headers['content-type'] === 'application/json' && req.method === 'POST' &&
    req.headers['accept-encoding'] === undefined && req.headers.cookie === undefined
    ? ok(res, answers(body)) : (res.writeHead(400), res.end())),
  '/redirect': (req, res) => { res.writeHead(307, { location: '/good' }); res.end(); },
  '/forbidden': (req, res) => { res.writeHead(403); res.end('SECRET-PATH'); },
  '/missing': (req, res) => { res.writeHead(404); res.end(`Cannot POST ${req.url}`); },
  '/busy': (req, res, body) => {
    if (seen.busy++ < 2) { res.writeHead(429); res.end(); } else ok(res, answers(body));
  },
  '/flaky': (req, res, body) => (seen.flaky++ < 1 ? req.socket.destroy() : ok(res, answers(body))),
  '/large': (req, res) => {             // no length given: it has to be counted
    res.writeHead(200, { 'content-type': 'application/json' });
    const more = () => { while (res.write('['.repeat(65536))); };
    res.on('drain', more);
    more();
  },
  '/large-told': (req, res) => { res.writeHead(200, { 'content-length': 1 << 30 }); res.write('['); },
  '/slow': (req, res, body) => { res.writeHead(200); res.write('['); },
  '/trickle': (req, res) => { res.writeHead(200); setInterval(() => res.write(' '), 50).unref(); },
  '/silent': () => {},
  '/garbage': (req, res) => ok(res, Buffer.from([0, 255, 1, 2, 3, 27, 91, 50, 74])),
  '/html': (req, res) => { res.writeHead(200, { 'content-type': 'text/html' }); res.end('<html>hello</html>'); },
  '/empty': (req, res) => ok(res, ''),
  '/truncated': (req, res) => {
    res.writeHead(200, { 'content-length': 1000 });
    res.write('[{"jsonrpc":"2.0"');
    setTimeout(() => req.socket.destroy(), 20);
  },
  '/gone': (req) => req.socket.destroy(),
  '/deep': (req, res) => ok(res, '['.repeat(100000) + ']'.repeat(100000)),
  '/wrong-id': (req, res) => ok(res, '{"jsonrpc":"2.0","id":424242,"result":"0x1"}'),
  '/gzip': (req, res) => ok(res, 'this is not gzip', { 'content-encoding': 'gzip' }),
};

const serve = (req, res) => {
  const parts = [];
  req.on('data', (p) => parts.push(p));
  req.on('end', () => (behaviours[req.url] ?? behaviours['/missing'])(req, res, Buffer.concat(parts).toString()));
};
const listen = (server) => new Promise((done) => {
  server.on('error', () => {});
  server.listen(0, '127.0.0.1', () => done(server.address().port));
});

const servers = {
  plain: http.createServer(serve),
  good: https.createServer(tls('good'), serve),
  stranger: https.createServer(tls('stranger'), serve),
  name: https.createServer(tls('name'), serve),
  expired: https.createServer(tls('expired'), serve),
  future: https.createServer(tls('future'), serve),
  selfsigned: https.createServer(tls('selfsigned'), serve),
  old: https.createServer({ ...tls('good'), maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' }, serve),
  raw: net.createServer((s) => { s.on('error', () => {}); s.end('this is not HTTP at all\r\n\r\n'); }),
};
const lines = [];
for (const [name, server] of Object.entries(servers)) lines.push(`${name}=${await listen(server)}`);
writeFileSync(join(dir, 'ports.new'), lines.join('\n') + '\n');
renameSync(join(dir, 'ports.new'), join(dir, 'ports'));
setTimeout(() => process.exit(0), 120000);
