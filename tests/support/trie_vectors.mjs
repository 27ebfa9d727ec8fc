// Makes tests/vectors/proof/trie.json and header.json with other people's code. In a folder where `npm install
// @ethereumjs/mpt@10.1.3 @ethereumjs/block@10.1.3` was run: node trie_vectors.mjs ANVIL OUTDIR
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
const require = createRequire(join(process.cwd(), 'x.js'))
const load = async (name) => import(pathToFileURL(require.resolve(name)).href)
const pick = (m) => m.default ?? m
const { createMPT, createMerkleProof } = pick(await load('@ethereumjs/mpt'))
const { createBlockHeader } = pick(await load('@ethereumjs/block'))
const { Common, Mainnet, Hardfork } = pick(await load('@ethereumjs/common'))

const [anvil, outdir] = process.argv.slice(2)
const hex = (b) => '0x' + Buffer.from(b).toString('hex')
const text = (s) => new TextEncoder().encode(s)

async function trieCase(name, pairs, asked, secure) {
  const trie = await createMPT({ useKeyHashing: secure })
  for (const [k, v] of pairs) await trie.put(k, v)
  const entries = []
  for (const key of asked) {
    const value = await trie.get(key)
    entries.push({ key: hex(key), value: hex(value ?? []), proof: (await createMerkleProof(trie, key)).map(hex) })
  }
  return { name, secure, root: hex(trie.root()), entries }
}

async function tries() {
  const words = [['do', 'verb'], ['dog', 'puppy'], ['doge', 'coin'], ['horse', 'stallion']]
  const long = 'a value of more than thirty-two bytes, so that its leaf has a hash'
  const many = Array.from({ length: 300 }, (_, i) => [Uint8Array.from([i >> 8, i & 255, 7]), text(`value ${i}`)])
  const number = (i) => Uint8Array.from(Buffer.from(i.toString(16).padStart(64, '0'), 'hex'))
  const slots = Array.from({ length: 200 }, (_, i) => [number(i * i), Uint8Array.from([i % 127 + 1])])
  return [
    await trieCase('words', words.map(([k, v]) => [text(k), text(v)]),
      ['do', 'dog', 'doge', 'horse', 'dot', 'd', 'dogs', 'horses', 'cat', 'x', ''].map(text), false),
    await trieCase('one long value', [[text('key'), text(long)]], ['key', 'kez', 'ke', 'keyy'].map(text), false),
    await trieCase('lying inside', [[text('aa'), text('1')], [text('ab'), text('2')], [text('b'), text(long)]],
      ['aa', 'ab', 'ac', 'b', 'a', 'c'].map(text), false),
    await trieCase('three hundred', many, [0, 1, 77, 255, 256, 299].map((i) => many[i][0])
      .concat([Uint8Array.from([9, 9, 9]), Uint8Array.from([0, 0, 8]), Uint8Array.from([0, 0])]), false),
    await trieCase('hashed slots', slots, [0, 1, 49, 199].map((i) => slots[i][0]).concat([number(2), number(40000)]), true),
  ]
}

function headers() {
  const all = [Hardfork.Chainstart, Hardfork.London, Hardfork.Shanghai, Hardfork.Cancun, Hardfork.Prague]
  return all.map((hardfork) => {
    const common = new Common({ chain: Mainnet, hardfork })
    const h = createBlockHeader({ number: 22_431_084, gasLimit: 36_000_000, gasUsed: 12_345_678, timestamp: 1_746_612_311,
      stateRoot: new Uint8Array(32).fill(0xab), parentHash: new Uint8Array(32).fill(0x11), extraData: text('made for setgov'),
      ...(common.isActivatedEIP(1559) ? { baseFeePerGas: 1_234_567_890n } : {}),
      ...(common.isActivatedEIP(4844) ? { blobGasUsed: 393216n, excessBlobGas: 7n << 40n,
        parentBeaconBlockRoot: new Uint8Array(32).fill(5) } : {}) },
    { common, skipConsensusFormatValidation: true, freeze: false })
    return { from: `@ethereumjs/block, ${hardfork}`, rlp: hex(h.serialize()), hash: hex(h.hash()), number: Number(h.number),
      time: Number(h.timestamp), stateRoot: hex(h.stateRoot) }
  })
}

async function ask(port, method, ...params) {
  const reply = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) })
  const { result, error } = await reply.json()
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}

async function withAnvil(port, args, work) {
  const node = spawn(anvil, ['--port', String(port), '--silent', ...args])
  try {
    for (let i = 0; ; i++) {
      try { await ask(port, 'eth_chainId'); break } catch (e) { if (i === 100) throw e }
      await new Promise((done) => setTimeout(done, 50))
    }
    return await work()
  } finally { node.kill('SIGINT') }
}

const slot = (n) => '0x' + n.toString(16).padStart(64, '0')
async function chainCase(port) {
  const who = '0x00000000000000000000000000000000000a11ce', nobody = '0x000000000000000000000000000000000000dead'
  await ask(port, 'anvil_setCode', who, '0x60016000556000')
  await ask(port, 'anvil_setBalance', who, '0xde0b6b3a7640000')
  for (let i = 1; i < 40; i++) await ask(port, 'anvil_setStorageAt', who, slot(i), slot(i * 1000 + 1))
  await ask(port, 'anvil_mine', '0x1')
  await ask(port, 'anvil_setStorageAt', who, slot(3), slot(0))
  await ask(port, 'anvil_mine', '0x1')
  const block = await ask(port, 'eth_getBlockByNumber', 'latest', false)
  return { block, accounts: [
    await ask(port, 'eth_getProof', who, [slot(1), slot(2), slot(3), slot(0), slot(39), slot(40)], block.number),
    await ask(port, 'eth_getProof', nobody, [slot(0)], block.number),
    await ask(port, 'eth_getProof', '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266', [], block.number)] }
}

const forks = [['--hardfork', 'london'], ['--hardfork', 'shanghai'], ['--hardfork', 'cancun'], ['--hardfork', 'prague'], [],
  ['--network', 'optimism']]
const blocks = []
for (const [i, args] of forks.entries())
  blocks.push(await withAnvil(18650 + i, args, async () => {
    await ask(18650 + i, 'anvil_mine', '0x3')
    return { from: `anvil 1.7.1 ${args.join(' ')}`.trim(), block: await ask(18650 + i, 'eth_getBlockByNumber', 'latest', false) }
  }))
const chain = await withAnvil(18660, [], () => chainCase(18660))
const write = (name, v) => writeFileSync(`${outdir}/${name}`, JSON.stringify(v, null, 1) + '\n')
write('trie.json', { origin: '@ethereumjs/mpt 10.1.3 (tries), anvil 1.7.1 (chain); tests/support/trie_vectors.mjs',
  tries: await tries(), chain })
write('header.json', { origin: '@ethereumjs/block 10.1.3, anvil 1.7.1; tests/support/trie_vectors.mjs',
  encoded: headers(), blocks })
