#!/usr/bin/env node
// Ends TLS for a local node: tls_proxy.mjs KEY CERTIFICATE TARGET-PORT FILE. Listens on a free port of 127.0.0.1 and writes
// it to FILE when it is ready.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

const [key, cert, target, file] = process.argv.slice(2);
const server = tls.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (client) => {
  const node = net.connect(+target, '127.0.0.1');
  for (const [from, to] of [[client, node], [node, client]]) {
    from.on('error', () => to.destroy());
    from.pipe(to);
  }
});
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1', () => {
  writeFileSync(`${file}.new`, `${server.address().port}\n`);
  renameSync(`${file}.new`, file);
});
setTimeout(() => process.exit(0), 300000);
