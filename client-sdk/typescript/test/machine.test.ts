// The conversation (SPEC.md, parts 2, 3 and 5), without a socket and a clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notice, opened, serverTimeMs, snapshot, Table } from './machine_fixture.js';

test('waits are drawn up to a bound that doubles, and begin anew after ten seconds online (B1, B2)', () => {
  const table = new Table();
  table.do(table.machine.connect(table.now));
  const waits: (number | undefined)[] = [];
  for (let round = 0; round < 8; ++round) {
    waits.push(table.do(table.machine.onClosed(0, 'lost', table.now)).waitsMs);
    table.wait();
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  table.do(table.machine.onConnected(table.now)).hear({ welcome: { protocol: 1, serverTimeMs: '1' } });
  table.pass(10_000);
  assert.equal(table.do(table.machine.onClosed(0, '', table.now)).waitsMs, 500);
});

test('each state before online ends by itself (A1, A2, A3)', () => {
  const asking = new Table({ hasProvider: true });
  asking.do(asking.machine.connect(asking.now));
  asking.pass(29_999);
  assert.deepEqual(asking.tick().kinds, []);
  asking.pass(1);
  assert.deepEqual(asking.tick().kinds, ['waiting']);
  const dialling = new Table();
  dialling.do(dialling.machine.connect(dialling.now));
  dialling.pass(10_000);
  assert.deepEqual(dialling.tick().kinds, ['waiting']);
  const greeting = new Table().connect();
  greeting.pass(15_000);
  assert.deepEqual(greeting.tick().actions.map((action) => action.do), ['drop', 'tell']);
});

test('a quiet client pings at half the time, and gives up at the whole of it (A4, A5)', () => {
  const table = new Table().online();
  table.pass(30_000);
  assert.deepEqual(table.tick().said.map((message) => message.case), ['ping']);
  table.pass(30_000);
  assert.deepEqual(table.tick().kinds, ['waiting']);
});

test('a token is renewed in the session, thirty seconds before it ends, once (C2, C3)', () => {
  const table = new Table({ hasProvider: true });
  table.do(table.machine.connect(table.now));
  table.do(table.machine.onToken(1, 'first', serverTimeMs + 300_000, table.now)).do(table.machine.onConnected(table.now));
  table.hear({ welcome: { protocol: 1, serverTimeMs: String(serverTimeMs), limits: { deadAfterMs: 3_600_000 } } });
  table.pass(269_000);
  assert.deepEqual(table.tick().actions, []);
  table.pass(1_000);
  assert.deepEqual(table.tick().actions, [{ do: 'ask-token', ask: 2 }]);
  table.do(table.machine.onToken(2, 'second', 0, table.now));
  assert.deepEqual(table.said, [{ case: 'prove', value: { signature: new Uint8Array(0), token: 'second' } }]);
  assert.deepEqual(table.do(table.machine.onToken(2, 'third', 0, table.now)).said, [], 'a second answer counts for nothing');
});

test('an unknown token is asked for once more, then the client stops (C4)', () => {
  const table = new Table({ hasProvider: true });
  table.do(table.machine.connect(table.now)).do(table.machine.onToken(1, 'a', 0, table.now)).do(table.machine.onConnected(table.now));
  assert.deepEqual(table.do(table.machine.onClosed(4012, '', table.now)).kinds, ['waiting']);
  table.wait();
  table.do(table.machine.onToken(2, 'b', 0, table.now)).do(table.machine.onConnected(table.now));
  assert.deepEqual(table.do(table.machine.onClosed(4012, '', table.now)).kinds, ['stopped']);
});

test('the signature of another connection is not said (A8)', () => {
  const table = new Table({ signs: true, token: 't' }).connect().hear({ challenge: { nonce: 'AAAA' } });
  assert.deepEqual(table.actions.map((action) => action.do), ['sign']);
  table.do(table.machine.onClosed(0, '', table.now)).wait();
  table.do(table.machine.onConnected(table.now));
  assert.deepEqual(table.do(table.machine.onSignature(1, new Uint8Array(64), table.now)).said, []);
  assert.deepEqual(table.do(table.machine.onSignature(2, new Uint8Array(64), table.now)).said.map((m) => m.case), ['hello']);
});

test('clocks that drift apart make the client ask for the time; a command keeps to the steady one (H2)', () => {
  const table = new Table().online();
  table.pass(1_000);
  table.now = { ...table.now, wall: table.now.wall + 3_600_000 };
  table.command();
  assert.equal(table.commands[0]?.madeAtMs, serverTimeMs + 1_000);
  assert.deepEqual(table.said.map((message) => message.case), ['command', 'ping']);
});

test('a gap is mended from the position three times, then by a snapshot, then by a new connection (D4)', () => {
  const table = new Table();
  table.do(table.machine.subscribe('public/c/m', undefined, table.now));
  table.online().hear(opened).hear(snapshot(3));
  const asked: (string | undefined)[] = [];
  for (let round = 0; round < 8; ++round) {
    table.hear({ subscribed: { feed: 'public/c/m', topics: [65_537], resumed: true } }).hear(notice(9));
    const subscribe = table.said.find((message) => message.case === 'subscribe');
    asked.push(subscribe?.case === 'subscribe' ? String(subscribe.value.resume?.seq ?? 'anew') : undefined);
  }
  assert.deepEqual(asked, ['3', '3', '3', 'anew', 'anew', 'anew', 'anew', 'anew']);
  table.hear({ subscribed: { feed: 'public/c/m', topics: [65_537], resumed: true } }).hear(notice(9));
  assert.deepEqual(table.kinds, ['gap', 'waiting']);
});

test('another past at the same place is a fault, and a snapshot is asked for', () => {
  const table = new Table();
  table.do(table.machine.subscribe('public/c/m', undefined, table.now));
  table.online().hear(opened).hear(snapshot(3), notice(4));
  table.hear({ topic: 65_537, position: { epoch: 1, seq: '4', digest: '45' }, prev: '3', publicItem: {} });
  assert.deepEqual(table.kinds, ['BAD_FEED']);
  assert.deepEqual(table.said.map((message) => message.case), ['unsubscribe', 'subscribe']);
});

test('what stands behind the end of a conversation in one message is not read', () => {
  const table = new Table().connect();
  const wrong = { overviewRows: { campaign: 'c', whole: true } };
  table.hear(wrong, { welcome: { protocol: 1, serverTimeMs: '1' } });
  assert.deepEqual(table.kinds, ['BAD_MESSAGE', 'waiting']);
});

test('a feed with no name of a feed is refused from here', () => {
  const table = new Table();
  assert.deepEqual(table.do(table.machine.subscribe('public/C/m', undefined, table.now)).kinds, ['refused']);
});

test('items of a topic that two feeds share go to both', () => {
  const table = new Table();
  for (const feed of ['ops/c/m', 'marshal/c/m']) table.do(table.machine.subscribe(feed, undefined, table.now));
  const position = { epoch: 1, seq: '3', digest: '33' };
  table.online().hear(...['ops', 'marshal'].flatMap((kind) => [
    { subscribed: { feed: `${kind}/c/m`, topics: [65_538] } },
    { snapshotPiece: { feed: `${kind}/c/m`, position, pieces: 1 } },
  ]));
  table.hear({ topic: 65_538, position: { epoch: 1, seq: '4', digest: '44' }, prev: '3', entry: { event: { keeperChanged: {} } } });
  assert.deepEqual(table.told.map((event) => 'feed' in event && event.feed), ['ops/c/m', 'marshal/c/m']);
});

test('a request without a connection is answered from here, and one whose connection is lost, too', () => {
  const table = new Table();
  const value = { request: 1n, feed: 'public/c/m', from: 0n, limit: 5 };
  table.do(table.machine.request(1n, { case: 'getHistory', value }, table.now));
  assert.deepEqual(table.actions.map((action) => action.do), ['answer']);
  table.online().do(table.machine.request(2n, { case: 'getHistory', value: { ...value, request: 2n } }, table.now));
  assert.deepEqual(table.actions.map((action) => action.do), ['send']);
  assert.deepEqual(table.do(table.machine.onClosed(0, '', table.now)).actions.map((action) => action.do), ['answer', 'tell']);
});
