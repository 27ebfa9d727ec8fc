#!/usr/bin/env node
// Stands in for setgov-net (SETGOV_NET) and is it, but for one thing: asked to send a transaction it dies (CUT=before) or
// dies as soon as the node has it (CUT=after), or never comes back (CUT=hang).
import { spawn } from 'node:child_process';

const real = spawn(process.env.REAL_NET, process.argv.slice(2), { stdio: ['pipe', 'pipe', 'inherit'] });
let sending = false;
process.stdin.on('data', (chunk) => {
  sending = sending || chunk.includes('eth_sendRawTransaction');
  if (sending && process.env.CUT === 'before') { real.kill('SIGKILL'); process.exit(9); }
  if (sending && process.env.CUT === 'hang') return;
  real.stdin.write(chunk);
});
process.stdin.on('end', () => real.stdin.end());
real.stdout.on('data', (chunk) => {
  if (sending && process.env.CUT === 'after') { real.kill('SIGKILL'); process.exit(9); }
  process.stdout.write(chunk);
});
real.on('exit', (code) => process.exit(code ?? 1));
