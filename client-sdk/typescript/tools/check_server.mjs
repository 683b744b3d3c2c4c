// Holds what this SDK folds to what a running server would send anew: follows a march's feeds for a while, then asks for
// fresh snapshots until one has the same position.
//     node tools/check_server.mjs ws://127.0.0.1:8081/v1/ops TOKEN CAMPAIGN/MARCH SECONDS [KIND...]
import assert from 'node:assert/strict';
import { Client } from '../dist/node.js';

const [url, token, march, seconds, ...kinds] = process.argv.slice(2);
const feeds = (kinds.length > 0 ? kinds : ['ops']).map((kind) => `${kind}/${march}`);
const follower = new Client({ url, token });
const counts = { item: 0, gap: 0, snapshot: 0, fault: 0, discontinuity: 0 };
for (const kind of Object.keys(counts)) follower.on(kind, () => (counts[kind] += 1));
follower.on('fault', (event) => console.log(event));
feeds.forEach((feed) => follower.subscribe(feed));
follower.connect();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function fresh(feed) {
  const client = new Client({ url, token });
  client.subscribe(feed);
  client.connect();
  for await (const event of client.events(feed)) {
    if (event.kind === 'refused') throw new Error(event.error.message);
    if (event.kind === 'snapshot') break;
  }
  const json = client.json(feed);
  client.close();
  return json;
}

await pause(seconds * 1000);
for (const feed of feeds) {
  let isSame = false;
  for (let tries = 0; tries < 200 && !isSame; ++tries) {
    const wanted = await fresh(feed);
    for (let waits = 0; waits < 40 && BigInt(follower.json(feed)?.position?.seq ?? 0) < BigInt(wanted.position.seq); ++waits) await pause(5);
    const held = follower.json(feed);
    if (held.position.seq !== wanted.position.seq) continue;
    assert.deepEqual(held, wanted);
    isSame = true;
    console.log(`${feed}: the same at ${held.position.seq}`);
  }
  assert.ok(isSame, `${feed}: never at the same place`);
}
console.log(counts);
await follower.end();
process.exit(0);
