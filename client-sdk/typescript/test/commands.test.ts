// Commands and their queue (SPEC.md, part 4), without a file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, make } from '../src/wire/binary.js';
import { checkIn, serverTimeMs, Table } from './machine_fixture.js';

const replyTo = (counter: number, outcome: object = { accepted: { level: 'SYNCED' } }): unknown => ({
  reply: { id: { device: '7', counter: String(counter) }, ...outcome },
});
const refused = (code: string, more: object = {}): object => ({ error: { code, ...more } });

test('a command is dated by the moment of its making, however late it goes out (E2)', () => {
  const table = new Table().command();
  table.pass(5_000);
  table.online();
  assert.equal(table.commands[0]?.madeAtMs, serverTimeMs - 5_000);
});

test('two hundred are under way at once, and a lost connection sends all again (E3)', () => {
  const table = new Table();
  for (let at = 0; at < 250; ++at) table.command();
  assert.equal(table.online().commands.length, 200);
  assert.equal(table.hear(replyTo(1)).commands[0]?.id?.counter, 201n);
  table.do(table.machine.onClosed(0, '', table.now)).wait();
  table.do(table.machine.onConnected(table.now)).hear({ welcome: { protocol: 1, serverTimeMs: '1' } });
  assert.equal(table.commands.length, 200);
  assert.equal(table.commands[0]?.id?.counter, 2n);
});

test('UNAVAILABLE is tried again with the same id and moment, thirty times (E4)', () => {
  const table = new Table().online().command();
  const made = table.commands[0];
  for (let tries = 1; tries < 30; ++tries) {
    assert.deepEqual(table.hear(replyTo(1, refused('UNAVAILABLE'))).told, []);
    table.pass(2_000);
    assert.deepEqual(table.tick().commands, [made]);
  }
  assert.deepEqual(table.hear(replyTo(1, refused('UNAVAILABLE'))).kinds, ['reply']);
});

test('what was accepted within a minute goes out again when history has changed; what is refused then is lost (D7)', () => {
  const table = new Table();
  table.do(table.machine.subscribe('ops/c/m', undefined, table.now));
  table.online().command().hear(replyTo(1));
  table.pass(61_000);
  table.command().hear(replyTo(2)).hear({ discontinuity: { feed: 'ops/c/m', reason: 'HISTORY_CHANGED' } });
  assert.deepEqual(table.commands.map((command) => command.id?.counter), [2n]);
  assert.deepEqual(table.hear(replyTo(2, refused('CONFLICT'))).kinds, ['lost']);
});

test('nothing is sent before the queue holds it, and nothing overtakes it (F1)', () => {
  const table = new Table({ isStored: true }).online().command();
  assert.deepEqual(table.actions.map((action) => action.do), ['keep']);
  const hold: typeof checkIn = { case: 'hold', value: make('Hold', { phaseVersion: 1 }) };
  table.command(hold);
  const [kept] = table.actions;
  assert.ok(kept?.do === 'keep' && kept.command === undefined, 'what leads decide is not kept, its counter is');
  assert.deepEqual(table.do(table.machine.onKept(2n, true, table.now)).commands, []);
  table.do(table.machine.onKept(1n, true, table.now));
  assert.deepEqual(table.told.map((event) => event.kind === 'kept' && event.durable), [true]);
  assert.deepEqual(table.commands.map((command) => command.id?.counter), [1n, 2n]);
});

test('a command that was made before anybody knew the time is kept with its date before it goes out (F2)', () => {
  const table = new Table({ isStored: true }).command();
  table.do(table.machine.onKept(1n, true, table.now)).online();
  const kept = table.actions.find((action) => action.do === 'keep');
  assert.ok(kept?.do === 'keep' && kept.command !== undefined);
  assert.equal(decode('Command', kept.command.bytes).madeAtMs, serverTimeMs);
  assert.deepEqual(table.commands, []);
  assert.equal(table.do(table.machine.onKept(1n, true, table.now)).commands.length, 1);
  assert.deepEqual(table.told, [], 'kept is told once');
});

test('an answer is told when the queue knows of it, and leaves the queue a minute later (F3)', () => {
  const table = new Table({ isStored: true }).online().command();
  table.do(table.machine.onKept(1n, true, table.now)).hear(replyTo(1));
  assert.deepEqual(table.actions, [{ do: 'mark-answered', counter: 1n }]);
  assert.deepEqual(table.do(table.machine.onMarked(1n, table.now)).kinds, ['reply']);
  table.do(table.machine.close(table.now));
  table.pass(60_000);
  assert.deepEqual(table.tick().actions, [{ do: 'forget', counters: [1n] }]);
});

test('what another run left is dated by its clock and the last known offset, and sent first (F2, H2)', () => {
  const table = new Table({ isStored: true, counter: 5n, offsetMs: 1_000 });
  const message = make('Command', { id: make('CommandId', { device: 7n, counter: 4n }), log: 'c/m', body: checkIn });
  const record = { counter: 4n, bytes: encode('Command', message), madeWall: 4_000_000 };
  table.do(table.machine.restore([record, { ...record, counter: 5n, bytes: Uint8Array.of(255) }], table.now));
  assert.deepEqual(table.actions, [{ do: 'forget', counters: [5n] }], 'what is no command goes');
  table.command();
  table.do(table.machine.onKept(6n, true, table.now)).online();
  const kept = table.actions.find((action) => action.do === 'keep');
  assert.ok(kept?.do === 'keep' && kept.command !== undefined);
  const offset = serverTimeMs - table.now.wall;
  assert.equal(decode('Command', kept.command.bytes).madeAtMs, 4_000_000 + offset);
  table.do(table.machine.onKept(4n, true, table.now));
  assert.deepEqual(table.commands.map((command) => command.id?.counter), [4n, 6n]);
});

test('an order for this person is marked once, over restarts too (E6)', () => {
  const order = make('Order', { number: 3, receipts: make('Receipts', { ordinals: [1], states: ['RECEIPT_QUEUED'] }) });
  const bytes = encode('MarshalSnapshot', make('MarshalSnapshot', { orders: [order] }));
  const feed = 'marshal/c/m';
  const whole = [
    { subscribed: { feed, topics: [1] } },
    { snapshotPiece: { feed, position: { epoch: 1, seq: '3', digest: '33' }, pieces: 1, bytes } },
  ];
  const table = new Table();
  table.do(table.machine.subscribe(feed, undefined, table.now));
  table.online().hear(...whole);
  assert.deepEqual(table.commands.map((command) => command.body.case), ['markDelivered']);
  assert.deepEqual(table.kinds, ['snapshot'], 'of our own making: the app hears nothing of it');
  assert.deepEqual(table.hear(...whole).commands, []);
  const next = new Table({ isStored: true, counter: 1n });
  const left = make('Command', {
    id: make('CommandId', { device: 7n, counter: 1n }), log: 'c/m', madeAtMs: 5, body: { case: 'markDelivered', value: { order: 3 } },
  });
  next.do(next.machine.restore([{ counter: 1n, bytes: encode('Command', left), madeWall: 1 }], next.now));
  next.do(next.machine.subscribe(feed, undefined, next.now));
  next.online();
  assert.deepEqual(next.commands.map((command) => command.madeAtMs), [5]);
  assert.deepEqual(next.hear(...whole).actions.map((action) => action.do), ['tell']);
});

test('one more than may wait, and one without a device, are answered from here (E5)', () => {
  const table = new Table({ commandsWaiting: 1 }).command();
  assert.deepEqual(table.command().kinds, ['kept', 'reply']);
  assert.deepEqual(new Table({ device: 0n }).command().kinds, ['kept', 'reply']);
});
