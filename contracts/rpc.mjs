// JSON-RPC over HTTP, as little of it as deploy.mjs and devnet.mjs need.
export function connect(url) {
  let id = 0;
  const call = async (method, ...params) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }),
    });
    const reply = await response.json();
    if (reply.error) {
      const e = new Error(`${method}: ${reply.error.message}`);
      e.data = reply.error.data;
      throw e;
    }
    return reply.result;
  };
  return { call, url };
}

/** Number(hex) for block numbers, times and chain ids, which all fit. */
export const num = (quantity) => Number(BigInt(quantity));
export const hex = (n) => `0x${BigInt(n).toString(16)}`;
