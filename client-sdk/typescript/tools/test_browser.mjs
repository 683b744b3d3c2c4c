// The SDK in a real browser: the bundle, IndexedDB, the device's key, tabs that share a connection, and the widget.
import assert from 'node:assert/strict';
import { startBrowser } from './browser.mjs';
import { notice, openingOf, startPageServer, welcome } from './page_server.mjs';

const feed = 'public/c/m';
let seq = 3;
const commands = [];
let answers = true;
const server = await startPageServer((guest, message) => {
  if (message.hello) {
    guest.say(welcome);
    for (const wish of message.hello.subscribe ?? []) open(guest, wish);
  }
  if (message.subscribe) open(guest, message.subscribe);
  if (message.command) {
    commands.push(message.command);
    if (answers) guest.say({ reply: { id: message.command.id, accepted: { level: 'SYNCED' } } });
  }
});
const resumes = [];
function open(guest, wish) {
  resumes.push(wish.resume?.seq);
  if (wish.resume) guest.say({ subscribed: { feed, topics: [1], resumed: true } });
  else guest.say(...openingOf(feed, seq));
}
const sayNotice = () => {
  seq += 1;
  for (const guest of server.guests) guest.say(notice(seq));
};

const browser = await startBrowser();
const open1 = async (path = 'empty') => {
  const page = await browser.newPage();
  page.on('pageerror', (error) => assert.fail(error.message));
  await page.goto(server.page(path));
  return page;
};
const bundle = server.page('dist/marchwire.min.js');
const start = (page) => page.evaluate(async (from, url) => {
  const sdk = await import(from);
  const client = new sdk.SharedClient({ url, queue: new sdk.IndexedDbQueue(), retryFirstMs: 5, retryMostMs: 50 });
  globalThis.sdk = sdk;
  globalThis.client = client;
  client.subscribe('public/c/m');
}, bundle, server.url);
const seqOf = (page) => page.evaluate(() => Number(client.state('public/c/m')?.position?.seq ?? 0));
async function until(isSo, what) {
  for (let tries = 0; tries < 250; ++tries) {
    if (await isSo()) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  assert.fail(`never: ${what}`);
}

try {
  // Two tabs, one connection.
  const first = await open1();
  await start(first);
  await until(async () => (await seqOf(first)) === 3, 'the first tab is whole');
  const second = await open1();
  await start(second);
  await until(async () => (await seqOf(second)) === 3, 'the second tab is whole');
  sayNotice();
  for (const page of [first, second]) await until(async () => (await seqOf(page)) === 4, 'both hear a notice');
  assert.equal(server.connections, 1);
  assert.deepEqual([await first.evaluate(() => client.isLeader), await second.evaluate(() => client.isLeader)], [true, false]);

  // A command of the tab that does not lead, and one that outlives the tab that does.
  const reply = await second.evaluate(async () => {
    const { kept, reply } = client.command('c/m', { checkIn: { report: 'ON_POST' } });
    const { durable } = await kept;
    return [durable, (await reply).accepted?.level];
  });
  assert.deepEqual(reply, [true, 'SYNCED']);
  answers = false;
  await second.evaluate(async () => {
    const { kept, reply } = client.command('c/m', { checkIn: { report: 'MOVING' } });
    await kept;
    globalThis.answer = reply.then(({ accepted }) => accepted.level);
  });
  await until(() => commands.length === 2, 'the command went out');
  answers = true;
  await first.close();
  await until(() => second.evaluate(() => client.isLeader && client.isOnline), 'the second tab leads');
  sayNotice();
  await until(async () => (await seqOf(second)) === 5, 'it hears what comes');
  assert.equal(server.connections, 2);
  assert.deepEqual(resumes, [undefined, '4'], 'it went on from where it stood');
  assert.equal(await second.evaluate(() => globalThis.answer), 'SYNCED');
  assert.equal(commands.length, 3);
  assert.deepEqual(commands[2], commands[1], 'the same id, the same moment');
  assert.equal(await second.evaluate(() => client.state('public/c/m').notices.length), 2);

  // The key stays the same, and no script can read it.
  const keys = await second.evaluate(async () => {
    const read = async (key) => Array.from(await key.publicKey()).join();
    const one = await sdk.browserKey();
    const refused = await one.jwk().then(() => 'read', () => 'refused');
    return [await read(one) === await read(await sdk.browserKey()), refused, (await one.sign(new Uint8Array(3))).length];
  });
  assert.deepEqual(keys, [true, 'refused', 64]);

  // The widget.
  const widget = await open1(`examples/widget.html?feed=${feed}&url=${encodeURIComponent(server.url)}`);
  await until(() => widget.evaluate(() => !document.getElementById('status').textContent.startsWith('Looking')), 'the widget shows something');
  console.log('the SDK works in', await browser.version());
} finally {
  await browser.close();
  server.stop();
}
