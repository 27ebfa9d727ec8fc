#!/usr/bin/env node
// One request through setgov-net, by hand: net_ask.mjs [--ca FILE] URL [TIMEOUT_MS [MAX_BYTES [RETRIES]]]. Prints the
// kind of failure and its words, or "ok" and the reply; the exit status is 0 either way.
import { spawn } from 'node:child_process';

const args = process.argv.slice(2);
const options = args[0] === '--ca' ? args.splice(0, 2) : [];
const [url, timeoutMs = '2000', maxReplyBytes = '100000', retries = '0'] = args;
const frame = (text) => `${Buffer.byteLength(text)}\n${text}`;
const child = spawn(process.env.SETGOV_NET, options, { stdio: ['pipe', 'pipe', 'inherit'] });
const parts = [];
child.stdout.on('data', (p) => parts.push(p));
child.stdout.on('end', () => {
  let bytes = Buffer.concat(parts);
  const next = () => {
    const at = bytes.indexOf(10);
    const end = at + 1 + Number(bytes.subarray(0, at));
    const text = bytes.subarray(at + 1, end).toString();
    bytes = bytes.subarray(end);
    return text;
  };
  const head = JSON.parse(next());
  const body = next();
  if (bytes.length) throw new Error('bytes behind the answer');
  console.log(head.ok ? `ok ${head.tries} ${body}` : `${head.kind} ${head.tries} ${head.text}`);
});
child.stdin.end(frame(JSON.stringify({ url, timeoutMs: +timeoutMs, maxReplyBytes: +maxReplyBytes, retries: +retries })) +
  frame('{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'));
