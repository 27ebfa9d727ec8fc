// What devnet.sh runs: starts, saves, stops and resumes an anvil node that outlives this process.
//
// The state is saved through anvil_dumpState, not anvil's own --dump-state: that one is written in place and only
// on a clean exit. A dump keeps blocks, receipts and accounts but not the clock, so `resume` first lets the new node
// mine blocks that are younger than everything in the dump.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { connect, hex, num } from './rpc.mjs';

const anvil = join(dirname(fileURLToPath(import.meta.url)), 'node_modules', '@foundry-rs', 'anvil-linux-amd64',
  'bin', 'anvil');
const HELP = `usage: devnet.sh start DIR [PORT] [CHAINID]   start a fresh chain (default: a free port, 84532999)
       devnet.sh save DIR      write its state to DIR/state.json, and go on
       devnet.sh stop DIR      save, then stop the node
       devnet.sh resume DIR    start it again from DIR/state.json, its clock moved forward
       devnet.sh warp DIR SECONDS   move its clock forward and mine a block
DIR/rpc-url holds the node's address, DIR/anvil.pid its process id, DIR/anvil.log what it said.`;

class Usage extends Error {}

const fileOf = (dir) => (name) => join(dir, name);
const say = (text) => console.error(`devnet: ${text}`);

function writeWhole(file, data) {
  writeFileSync(`${file}.tmp`, data);
  renameSync(`${file}.tmp`, file);
}

function whole(what, text, max) {
  if (!/^[0-9]{1,15}$/.test(text) || Number(text) > max)
    throw new Usage(`${what}: "${text}" is not a number up to ${max}`);
  return Number(text);
}

// ---- the process ----------------------------------------------------------------------------------------------

/** The pid in DIR/anvil.pid, if it still is an anvil: a pid can have been given to something else since. */
function runningPid(dir) {
  let pid;
  try {
    pid = readFileSync(fileOf(dir)('anvil.pid'), 'utf8').trim();
    const name = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0];
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()[0];
    return name === anvil && state !== 'Z' ? Number(pid) : null;
  } catch {
    return null;
  }
}

/** `port`, or any free one for 0; null if it is taken. */
const freePort = (port) => new Promise((resolve) => {
  const s = createServer();
  s.once('error', () => resolve(null));
  s.listen(port, '127.0.0.1', () => {
    const got = s.address().port;
    s.close(() => resolve(got));
  });
});

async function launch(dir, port, args) {
  const file = fileOf(dir);
  const log = openSync(file('anvil.log'), 'w');
  const child = spawn(anvil,
    ['--quiet', '--host', '127.0.0.1', '--port', String(port), '--slots-in-an-epoch', '2', ...args],
    { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  let gone = null;
  child.once('error', (e) => { gone = e.message; });
  child.once('exit', (code, signal) => { gone = `it ended at once (${signal ?? `status ${code}`})`; });
  const rpc = connect(`http://127.0.0.1:${port}`);
  const giveUp = Date.now() + 20000;
  for (;;) {
    if (gone) throw new Error(`anvil did not start: ${gone}; see ${file('anvil.log')}`);
    try {
      await rpc.call('eth_chainId');
      break;
    } catch (e) {
      if (Date.now() > giveUp) {
        child.kill('SIGKILL');
        throw new Error(`anvil does not answer on port ${port}: ${e.message}; see ${file('anvil.log')}`);
      }
      await sleep(20);
    }
  }
  await sleep(0); // a node that lost the race for its port has exited by now, and another one answered us
  if (gone) throw new Error(`anvil did not start: ${gone}; see ${file('anvil.log')}`);
  child.unref();
  writeWhole(file('anvil.pid'), `${child.pid}\n`);
  return { rpc, pid: child.pid };
}

async function end(pid) {
  for (const signal of ['SIGTERM', 'SIGKILL']) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let i = 0; i < 250; i++) {
      try {
        process.kill(pid, 0);
        if (readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()[0] === 'Z') return;
      } catch {
        return;
      }
      await sleep(20);
    }
  }
}

// ---- the commands ---------------------------------------------------------------------------------------------

const readUrl = (dir) => readFileSync(fileOf(dir)('rpc-url'), 'utf8').trim();

function running(dir) {
  const pid = runningPid(dir);
  if (pid === null) throw new Error(`no node is running for ${dir}`);
  return { pid, rpc: connect(readUrl(dir)) };
}

async function start(dir, portText = '0', chainText = '84532999') {
  const wanted = whole('PORT', portText, 65535);
  const chainId = whole('CHAINID', chainText, Number.MAX_SAFE_INTEGER);
  mkdirSync(dir, { recursive: true });
  if (runningPid(dir) !== null) throw new Error(`a node is already running for ${dir}, at ${readUrl(dir)}`);
  const port = await freePort(wanted);
  if (port === null) throw new Error(`port ${wanted} is taken`);
  const { rpc, pid } = await launch(dir, port, ['--chain-id', String(chainId)]);
  rmSync(fileOf(dir)('state.json'), { force: true }); // the state of the chain before this one
  writeWhole(fileOf(dir)('chain-id'), `${chainId}\n`);
  writeWhole(fileOf(dir)('rpc-url'), `${rpc.url}\n`);
  say(`chain ${chainId} runs at ${rpc.url} (process ${pid})`);
}

async function save(dir) {
  const { rpc } = running(dir);
  const dump = await rpc.call('anvil_dumpState');
  const state = gunzipSync(Buffer.from(dump.slice(2), 'hex'));
  writeWhole(fileOf(dir)('state.json'), state);
  return state.length;
}

async function stop(dir) {
  const { pid } = running(dir);
  const bytes = await save(dir);
  await end(pid);
  rmSync(fileOf(dir)('anvil.pid'), { force: true });
  say(`saved ${bytes} bytes and stopped; "devnet.sh resume ${dir}" brings the chain back`);
}

async function resume(dir) {
  const file = fileOf(dir);
  if (runningPid(dir) !== null) {
    say(`already running at ${readUrl(dir)}`);
    return;
  }
  if (!existsSync(file('state.json'))) throw new Error(`there is no ${file('state.json')}: nothing was saved here`);
  const chainId = whole(file('chain-id'), readFileSync(file('chain-id'), 'utf8').trim(), Number.MAX_SAFE_INTEGER);
  const before = Number(new URL(readUrl(dir)).port);
  const port = await freePort(before) ?? await freePort(0);
  const { rpc, pid } = await launch(dir, port, ['--chain-id', String(chainId), '--load-state', file('state.json')]);
  const { timestamp } = await rpc.call('eth_getBlockByNumber', 'latest', false);
  const next = Math.max(num(timestamp), Math.floor(Date.now() / 1000)) + 1;
  await rpc.call('anvil_setTime', hex(next)); // the clock goes on from here
  await rpc.call('anvil_mine', hex(5)); // two epochs: `safe` and `finalized` are blocks whose state is loaded
  writeWhole(file('rpc-url'), `${rpc.url}\n`);
  say(`chain ${chainId} is back at ${rpc.url} (process ${pid})`);
  if (port !== before) say(`port ${before} is taken, so the address is new; the one in profiles is the old one`);
}

async function warp(dir, secondsText) {
  if (secondsText === undefined) throw new Usage('SECONDS is missing');
  const seconds = whole('SECONDS', secondsText, 4e9);
  const { rpc } = running(dir);
  await rpc.call('evm_increaseTime', hex(seconds));
  await rpc.call('anvil_mine', hex(1));
  const { timestamp } = await rpc.call('eth_getBlockByNumber', 'latest', false);
  say(`the chain's clock says ${new Date(num(timestamp) * 1000).toISOString()}`);
}

async function main() {
  const [command, dir, ...rest] = process.argv.slice(2);
  const commands = { start, save, stop, resume, warp };
  const extra = { start: 2, warp: 1 }[command] ?? 0; // arguments that may follow DIR
  if (command === 'help' || command === '--help') {
    console.log(HELP);
    return;
  }
  if (!commands[command] || !dir || rest.length > extra) throw new Usage(HELP);
  if (!existsSync(anvil)) throw new Error('anvil is not installed: run "npm ci" in contracts/ first');
  await commands[command](dir, ...rest);
}

main().catch((e) => {
  say(e.message);
  process.exit(e instanceof Usage ? 2 : 4);
});
