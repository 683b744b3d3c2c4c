// Folds 5 000 items a second in Chromium, beside a page that draws: how long a frame's share of the work is, and how long
// frames are. Writes bench/results/typescript.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cpus } from 'node:os';
import { startBrowser } from './browser.mjs';
import { messageOf, root, startPageServer, welcome } from './page_server.mjs';
import { fromJson } from '../dist/node.js';
import { encode } from '../dist/wire/binary.js';

const itemsPerSecond = 5_000;
const seconds = Number(process.env.MARCHWIRE_BENCH_SECONDS ?? 10);
const members = 400;
const batchMs = 10;
const feed = 'ops/c/m';

const roster = Array.from({ length: members }, (_, at) => ({
  person: String(at + 1), ordinal: at, callsign: `side-${at}`, role: 'SIDE', section: 1 + (at % 8), duty: 'ON_DUTY',
}));
const snapshot = encode('OpsSnapshot', fromJson('OpsSnapshot', { campaign: 'c', march: 'm', phase: 'MARCHING', roster }));
const piecesBytes = 8192;
const pieces = Math.ceil(snapshot.length / piecesBytes);
const positionOf = (seq) => ({ epoch: 1, seq: String(seq), digest: String(seq) });
function checkIn(seq) {
  const place = { kind: 'PLACE_ROUTE_METRE', number: seq % 3000 };
  const checkedIn = { person: String(1 + (seq % members)), report: 'MOVING', place, batteryPercent: 80, dueAtMs: '1528992900000' };
  const entry = { atMs: String(1528992000000 + seq), madeAtMs: String(1528992000000 + seq), actor: '1', event: { checkedIn } };
  return { topic: 1, position: positionOf(seq), prev: String(seq - 1), entry };
}
const batchItems = (itemsPerSecond * batchMs) / 1000;
const batches = Array.from({ length: (seconds * 1000) / batchMs }, (_, batch) => (
  messageOf(Array.from({ length: batchItems }, (__, at) => checkIn(2 + batch * batchItems + at)))
));

const server = await startPageServer((guest, message) => {
  if (!message.hello) return;
  guest.say(welcome, { subscribed: { feed, topics: [1] } });
  for (let piece = 0; piece < pieces; ++piece) {
    const bytes = snapshot.subarray(piece * piecesBytes, (piece + 1) * piecesBytes);
    guest.say({ snapshotPiece: { feed, position: positionOf(1), piece, pieces, bytes: Buffer.from(bytes).toString('base64') } });
  }
  const started = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(batches.length, Math.floor((performance.now() - started) / batchMs));
    for (; sent < due; ++sent) guest.send(batches[sent]);
    if (sent === batches.length) clearInterval(timer);
  }, batchMs);
});

const browser = await startBrowser();
try {
  const page = await browser.newPage();
  await page.goto(server.page('empty'));
  const last = 1 + batches.length * batchItems;
  const measured = await page.evaluate(async (bundle, url, name, lastSeq) => {
    const { Client } = await import(bundle);
    let work = 0;
    // The browser's own socket, with a clock around what the SDK does with each message.
    const dial = (address, events) => {
      const web = new WebSocket(address, 'marchwire.v1.proto');
      web.binaryType = 'arraybuffer';
      const timed = (act) => {
        const from = performance.now();
        act();
        work += performance.now() - from;
      };
      web.onopen = () => timed(() => events.connected());
      web.onmessage = ({ data }) => timed(() => events.message(new Uint8Array(data)));
      web.onclose = ({ code, reason }) => events.closed(code, reason);
      return { send: (bytes) => web.send(bytes), hangUp: () => web.close(1000), drop: () => web.close() };
    };
    const client = new Client({ url, dial });
    let items = 0;
    client.on('item', () => (items += 1));
    client.subscribe(name);
    client.connect();
    const frames = [];
    const shares = [];
    let before = performance.now();
    const started = before;
    while (Number(client.position(name)?.seq ?? 0) < lastSeq && performance.now() - started < 120_000) {
      const now = await new Promise((done) => requestAnimationFrame(() => done(performance.now())));
      frames.push(now - before);
      shares.push(work);
      work = 0;
      before = now;
    }
    client.close();
    return { items, seconds: (performance.now() - started) / 1000, frames, shares };
  }, server.page('dist/marchwire.min.js'), server.url, feed, last);
  const at = (list, part) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))] ?? 0;
  const round = (value) => Math.round(value * 100) / 100;
  const shares = measured.shares.slice(5); // the snapshot and the first compilation are not the stream
  const result = {
    question: 'What of a frame does the fold of 5 000 items a second take in Chromium?',
    browser: await browser.version(), cpu: cpus()[0]?.model ?? '', cores: cpus().length,
    items: measured.items, items_per_second: Math.round(measured.items / measured.seconds), frames: measured.frames.length,
    work_ms_of_a_frame: { median: round(at(shares, 0.5)), p99: round(at(shares, 0.99)), most: round(at(shares, 1)) },
    frames_with_work_over_16_ms: shares.filter((share) => share > 16).length,
    microseconds_an_item: round((shares.reduce((sum, share) => sum + share, 0) * 1000) / measured.items),
    frame_ms: { median: round(at(measured.frames, 0.5)), p99: round(at(measured.frames, 0.99)), most: round(at(measured.frames, 1)) },
  };
  console.log(JSON.stringify(result, null, 2));
  const results = resolve(root, '../../bench/results');
  mkdirSync(results, { recursive: true });
  writeFileSync(resolve(results, 'typescript.json'), JSON.stringify(result, null, 2) + '\n');
  if (result.frames_with_work_over_16_ms > 0) process.exitCode = 1;
} finally {
  await browser.close();
  server.stop();
}
