// What items fold to: the same as the server's snapshot would say.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FeedFold, type FeedKind } from '../src/fold/feed_fold.js';
import type { FoldResult } from '../src/fold/kit.js';
import type { MarshalSnapshot, OpsSnapshot, PublicSnapshot } from '../src/gen/messages.js';
import { encode } from '../src/wire/binary.js';
import { fromJson } from '../src/wire/json.js';

const snapshots = { public: 'PublicSnapshot', ops: 'OpsSnapshot', marshal: 'MarshalSnapshot' } as const;
const atMs = 1_000;

class Feed {
  readonly fold: FeedFold;
  result: FoldResult = 'folded';

  constructor(kind: 'public' | 'ops' | 'marshal', snapshot: object) {
    this.fold = new FeedFold(kind);
    assert.ok(this.fold.replace(encode(snapshots[kind], fromJson(snapshots[kind], snapshot))));
  }
  /** Events as in the JSON mapping. */
  hear(...events: object[]): this {
    for (const event of events) {
      this.result = this.fold.apply(fromJson('Item', { entry: { atMs: String(atMs), event } }));
    }
    return this;
  }
  get json(): Record<string, unknown> {
    return this.fold.json(undefined) as Record<string, unknown>;
  }
  get ops(): OpsSnapshot {
    return this.fold.state(undefined) as OpsSnapshot;
  }
  get marshal(): MarshalSnapshot {
    return this.fold.state(undefined) as MarshalSnapshot;
  }
}
const member = (person: number, more: object = {}): object => ({
  person: String(person), ordinal: person, role: 'SIDE', section: 2, duty: 'ON_DUTY', ...more,
});
const order = (more: object = {}): object => ({
  order: { number: 5, kind: 'ORDER_INFO', state: 'ORDER_OPEN', issuer: '9', deadlineMs: '5000', audience: { kind: 'AUDIENCE_ALL' }, ...more },
});

test('a notice is added, fifty stay; a new route voids what was closed of the old one', () => {
  const fold = new FeedFold('public');
  assert.ok(fold.replace(encode('PublicSnapshot', fromJson('PublicSnapshot', { closures: { routeVersion: 1, closedLegs: [1] } }))));
  for (let number = 1; number <= 60; ++number) fold.apply(fromJson('Item', { publicItem: { notice: { number } } }));
  fold.apply(fromJson('Item', { publicItem: { route: { version: 2 } } }));
  const state = fold.state(undefined) as PublicSnapshot;
  assert.deepEqual([state.notices.length, state.notices[0]?.number], [50, 11]);
  assert.equal(state.closures, undefined);
});

test('rows: the newest of a march stays, whole voids the others, gone takes out', () => {
  const fold = new FeedFold('overview');
  const hear = (overviewRows: object): FoldResult => fold.apply(fromJson('Item', { overviewRows: { campaign: 'c', ...overviewRows } }));
  hear({ rows: [{ march: 'z' }] });
  assert.equal(fold.isWhole, false);
  hear({ whole: true, name: 'Day', rows: [{ march: 'b' }, { march: 'a' }] });
  hear({ rows: [{ march: 'a', city: 'A' }], gone: ['b'] });
  assert.deepEqual(fold.json(undefined), { campaign: 'c', name: 'Day', rows: [{ march: 'a', city: 'A' }], whole: true });
});

test('a check-in moves the member, keeps what it does not say, and ends the nudge', () => {
  const feed = new Feed('ops', { roster: [member(1, { batteryPercent: 50, nudged: true, silentSinceMs: '7' })] });
  feed.hear({ checkedIn: { person: '1', report: 'MOVING', dueAtMs: '900' } });
  assert.deepEqual(feed.json['roster'], [{
    person: '1', ordinal: 1, role: 'SIDE', section: 2, duty: 'ON_DUTY', lastCheckInMs: '1000', lastReport: 'MOVING',
    batteryPercent: 50, dueAtMs: '900',
  }]);
  assert.equal(feed.hear({ checkedIn: { person: '77' } }).result, 'needs-snapshot');
});

test('what an item bears is not changed by later ones', () => {
  const feed = new Feed('ops', {});
  const alert = { key: { kind: 'BATTERY_LOW', subject: '1' }, state: 'RAISED', version: 1 };
  const item = fromJson('Item', { entry: { event: { alertRaised: { alert } } } });
  const before = structuredClone(item);
  feed.fold.apply(item);
  feed.hear({ alertAcked: { key: alert.key, version: 2, owner: '4' } });
  assert.equal(feed.ops.alerts[0]?.state, 'ACKED');
  assert.deepEqual(item, before);
});

test('alerts stand in the order of their keys, and one that was never told needs the snapshot', () => {
  const feed = new Feed('ops', {});
  const raise = (kind: string, subject: string): object => ({ alertRaised: { alert: { key: { kind, subject } } } });
  feed.hear(raise('BATTERY_LOW', '2'), raise('CHECKIN_MISSED', '9'), raise('BATTERY_LOW', '1'));
  assert.deepEqual(feed.ops.alerts.map(({ key }) => [key?.kind, key?.subject]), [
    ['CHECKIN_MISSED', 9n], ['BATTERY_LOW', 1n], ['BATTERY_LOW', 2n],
  ]);
  assert.equal(feed.hear({ alertStepped: { key: { kind: 'SOS_UNOWNED', subject: '1' } } }).result, 'needs-snapshot');
});

test('an SOS that is cancelled ends its alert; under duress it goes on and says so', () => {
  const alerts = [{ key: { kind: 'SOS_UNOWNED', subject: '1' }, owner: '4' }];
  assert.deepEqual(new Feed('ops', { alerts }).hear({ sosCancelled: { person: '1' } }).ops.alerts, []);
  const forced = { sosCancelled: { person: '1', duress: 'DURESS_CITY', version: 3, step: 1, state: 'NOTIFYING' } };
  const [alert] = new Feed('ops', { alerts }).hear(forced).ops.alerts;
  assert.deepEqual([alert?.duress, alert?.owner, alert?.state], ['DURESS_CITY', 0n, 'NOTIFYING']);
});

test('receipts move to where they are told, notes come and go with them', () => {
  const receipts = { ordinals: [1, 3], states: ['RECEIPT_QUEUED', 'RECEIPT_QUEUED'] };
  const feed = new Feed('ops', {}).hear({ orderIssued: order({ receipts }) }, { recipientsAdded: { order: 5, ordinals: [2] } });
  const note = { ordinal: 3, reason: 'no way' };
  feed.hear({ receiptsMoved: { order: 5, receipts: { ordinals: [3, 8], states: ['RECEIPT_DECLINED', 'RECEIPT_SEEN'], notes: [note] } } });
  assert.deepEqual(feed.json['orders'], [{
    number: 5, kind: 'ORDER_INFO', state: 'ORDER_OPEN', issuer: '9', deadlineMs: '5000', audience: { kind: 'AUDIENCE_ALL' },
    receipts: { ordinals: [1, 2, 3], states: ['RECEIPT_QUEUED', 'RECEIPT_QUEUED', 'RECEIPT_DECLINED'], notes: [note] },
  }]);
  feed.hear({ receiptsMoved: { order: 5, receipts: { ordinals: [3], states: ['RECEIPT_ACKED'] } } });
  assert.deepEqual(feed.ops.orders[0]?.receipts?.notes, []);
});

test('orders that ended stay on ops, twenty-four of them, and nowhere else', () => {
  const orders = Array.from({ length: 30 }, (_, at) => ({ number: at + 1, state: 'ORDER_OPEN' }));
  const ended = { ordersEnded: { orders: orders.map(({ number }) => number), state: 'ORDER_CLOSED' } };
  const numbers = new Feed('ops', { orders }).hear(ended).ops.orders.map(({ number }) => number);
  assert.deepEqual([numbers.length, numbers[0]], [24, 7]);
  assert.deepEqual(new Feed('marshal', { orders }).hear(ended).marshal.orders, []);
});

test('a phone knows by the order whether it is asked', () => {
  const queued = (self: object, audience: object): number[] => (
    new Feed('marshal', { self }).hear({ orderIssued: order({ audience }) }).fold.queuedOrders());
  assert.deepEqual(queued(member(1), { kind: 'AUDIENCE_SECTION', section: 2 }), [5]);
  assert.deepEqual(queued(member(1), { kind: 'AUDIENCE_SECTION', section: 3 }), []);
  assert.deepEqual(queued(member(1), { kind: 'AUDIENCE_NAMES', names: ['1'] }), [5]);
  assert.deepEqual(queued(member(1, { duty: 'RELIEVED' }), { kind: 'AUDIENCE_ALL' }), []);
  assert.deepEqual(queued(member(1, { duty: 'CONFIRMED' }), { kind: 'AUDIENCE_ALL', withConfirmed: true }), [5]);
  assert.deepEqual(queued(member(1, { role: 'LEGAL_OBSERVER' }), { kind: 'AUDIENCE_ALL' }), []);
  assert.deepEqual(queued(member(9), { kind: 'AUDIENCE_ALL' }), [], 'not its issuer');
});

test('whoever leaves a section is forgotten there; whoever comes with a past needs the snapshot', () => {
  const alerts = [{ key: { kind: 'BATTERY_LOW', subject: '1' } }];
  const lead = (): Feed => new Feed('ops', { onlySection: 2, roster: [member(1), member(3)], alerts });
  const gone = lead().hear({ dutyAssigned: { person: '1', ordinal: 1, section: 3, sectionBefore: 2 } });
  assert.deepEqual([gone.ops.roster.map(({ person }) => person), gone.ops.alerts], [[3n], []]);
  assert.equal(lead().hear({ dutyAssigned: { person: '2', section: 2, sectionBefore: 1 } }).result, 'needs-snapshot');
  const come = lead().hear({ dutyAssigned: { person: '2', ordinal: 2, section: 2, sectionBefore: 2, role: 'MEDIC' } });
  assert.deepEqual(come.ops.roster.map(({ person, duty }) => [person, duty]), [[1n, 'ON_DUTY'], [2n, 'INVITED'], [3n, 'ON_DUTY']]);
});

test('another section for oneself, or an unknown buddy, needs the snapshot', () => {
  const phone = (): Feed => new Feed('marshal', { self: member(1), section: [member(2)] });
  assert.equal(phone().hear({ dutyAssigned: { person: '1', section: 3, role: 'SIDE' } }).result, 'needs-snapshot');
  assert.equal(phone().hear({ dutyAssigned: { person: '1', section: 2, role: 'SIDE', buddy: '8' } }).result, 'needs-snapshot');
  assert.equal(phone().hear({ dutyAssigned: { person: '1', section: 2, role: 'SIDE', buddy: '2' } }).result, 'folded');
  assert.equal(phone().hear({ dutyChanged: { person: '8', to: 'HANDOVER_PENDING', handoverTo: '1' } }).result, 'needs-snapshot');
});

test('an incident takes its new head and keeps its notes, twenty of them', () => {
  const notes = Array.from({ length: 19 }, (_, at) => ({ atMs: String(at + 1) }));
  const feed = new Feed('ops', { incidents: [{ number: 1, description: 'old', notes }], orders: [{ number: 4, text: 'a child in red' }] });
  const now = { number: 1, description: 'new', notes: [{ atMs: '20' }, { atMs: '21' }] };
  feed.hear({ incidentChanged: { incident: now, forgetsOrder: 4 } });
  const [incident] = feed.ops.incidents;
  assert.deepEqual([incident?.description, incident?.notes.length, incident?.notes[0]?.atMs], ['new', 20, 2]);
  assert.equal(feed.ops.orders[0]?.text, '');
  assert.equal(feed.hear({ incidentChanged: { incident: { number: 2 } } }).result, 'needs-snapshot');
});

test('what the server has forgotten is taken away', () => {
  const incidents = [{ number: 1, kind: 'INCIDENT_LOST_CHILD', description: 'red coat', isRestricted: true, place: { number: 3 }, notes: [{ text: 'seen' }] }];
  const feed = new Feed('ops', { incidents, orders: [{ number: 4, text: 'red coat', templateName: 'lost_child' }] });
  feed.hear({ secretsForgotten: { what: 'PLACES' } }, { secretsForgotten: { what: 'RESTRICTED' } });
  assert.deepEqual(feed.json, {
    orders: [{ number: 4, templateName: 'lost_child' }], incidents: [{ number: 1, kind: 'INCIDENT_LOST_CHILD', notes: [{}] }],
    retention: { placesForgottenAtMs: '1000', restrictedForgottenAtMs: '1000' },
  });
});

test('time in which nobody kept the march moves what is due', () => {
  const feed = new Feed('ops', {
    roster: [member(1, { dueAtMs: '10' }), member(2)], alerts: [{ stepAtMs: '10' }, {}],
    proposals: [{ expiresAtMs: '10' }], orders: [{ state: 'ORDER_OPEN', deadlineMs: '10' }, { state: 'ORDER_CLOSED', deadlineMs: '10' }],
  }).hear({ timersShifted: { byMs: '5' } });
  const { roster, alerts, proposals, orders } = feed.ops;
  assert.deepEqual(roster.map(({ dueAtMs }) => dueAtMs), [15, 0]);
  assert.deepEqual(alerts.map(({ stepAtMs }) => stepAtMs), [15, 0]);
  assert.deepEqual([proposals[0]?.expiresAtMs, ...orders.map(({ deadlineMs }) => deadlineMs)], [15, 15, 10]);
});

test('what a newer server says is folded as nothing', () => {
  for (const kind of ['public', 'ops', 'marshal', 'overview', 'desk'] satisfies FeedKind[]) {
    const fold = new FeedFold(kind);
    assert.equal(fold.apply(fromJson('Item', {})), 'folded');
    assert.equal(fold.apply(fromJson('Item', { entry: { event: {} } })), 'folded');
  }
});
