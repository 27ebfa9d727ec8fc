#!/usr/bin/env node
// Stands in for setgov-net and is it (REAL_NET), and writes what was asked and answered to RECORD as rules for
// tests/support/transport.c: how tests/vectors/chain/*.json are made.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const file = process.env.RECORD;
const rules = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
const known = new Set(rules.map((r) => r.method + JSON.stringify(r.params)));
const asked = new Map();

// Calls cb with each frame that goes by.
const frames = (cb) => {
  let bytes = Buffer.alloc(0);
  return (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const at = bytes.indexOf(10);
      const end = at + 1 + Number(bytes.subarray(0, at));
      if (at < 0 || bytes.length < end) return;
      cb(bytes.subarray(at + 1, end).toString());
      bytes = bytes.subarray(end);
    }
  };
};
const calls = (text) => { const v = JSON.parse(text); return Array.isArray(v) ? v : [v]; };
let odd = false;
const onRequest = frames((text) => {
  odd = !odd;
  if (!odd) for (const c of calls(text)) asked.set(c.id, c);
});
let oddReply = false;
const onReply = frames((text) => {
  oddReply = !oddReply;
  if (oddReply || text === '') return;
  for (const r of calls(text)) {
    const { method, params } = asked.get(r.id);
    if (known.has(method + JSON.stringify(params))) continue;
    known.add(method + JSON.stringify(params));
    rules.push('error' in r ? { method, params, error: r.error } : { method, params, result: r.result });
  }
});
const real = spawn(process.env.REAL_NET, process.argv.slice(2), { stdio: ['pipe', 'pipe', 'inherit'] });
process.stdin.on('data', (chunk) => { onRequest(chunk); real.stdin.write(chunk); });
process.stdin.on('end', () => real.stdin.end());
const save = () => writeFileSync(file, `[\n${rules.map((r) => JSON.stringify(r)).join(',\n')}\n]\n`);
real.stdout.on('data', (chunk) => { onReply(chunk); save(); process.stdout.write(chunk); });
real.on('exit', (code) => process.exit(code ?? 1));
