// What one person on duty sees: the fold of marshal feeds.
import type {
  AlertKey, DutyAssigned, DutyChanged, EntryItem, Incident, LogEvent, MarshalSnapshot, Member, Order,
  RouteStatusChanged,
} from '../gen/messages.js';
import { make } from '../wire/binary.js';
import {
  ackAlert, cancelCry, eraseAlert, putAlert, putNotice, shiftAlerts, stepAlert, withAlert,
} from './alerts.js';
import {
  eraseIncident, findIncident, forgetSecrets, isShownTo, putIncident, putIntersections, shiftIncidents,
} from './incidents.js';
import { copyOf, keepOnly, putInOrder, type FoldResult } from './kit.js';
import { addReceipt, eraseOrders, findOrder, isRecipient, moveReceipts, shiftOrders } from './orders.js';
import { foldAssigned, foldCheckIn, foldDuty, foldScheduled, foldShift, invited } from './people.js';

type Event = LogEvent['event'];

export function foldMarshal(state: MarshalSnapshot, entry: EntryItem): FoldResult {
  const event = entry.event?.event;
  return event === undefined ? 'folded' : people(state, event, entry.atMs);
}

/** Orders for this person that the server does not know to have come. */
export function queuedOrders(state: MarshalSnapshot): number[] {
  return state.orders
    .filter((order) => order.receipts?.states.length === 1 && order.receipts.states[0] === 'RECEIPT_QUEUED')
    .map((order) => order.number);
}

const personOfSelf = (state: MarshalSnapshot): bigint => state.self?.person ?? 0n;

/** Self, or somebody near; `undefined` for others. */
function find(state: MarshalSnapshot, person: bigint): Member | undefined {
  if (personOfSelf(state) === person) return (state.self ??= make('Member'));
  return state.section.find((member) => member.person === person);
}

function withMember(state: MarshalSnapshot, person: bigint, change: (member: Member) => void): void {
  const member = find(state, person);
  if (member !== undefined) change(member);
}

function withEverybody(state: MarshalSnapshot, change: (member: Member) => void): void {
  if (state.self !== undefined) change(state.self);
  state.section.forEach(change);
}

// ---- people ---------------------------------------------------------------------------------------

function people(state: MarshalSnapshot, event: Event, atMs: number): FoldResult {
  switch (event.case) {
    case 'dutyAssigned': return assigned(state, event.value, atMs);
    case 'dutyChanged': return duty(state, event.value, atMs);
    case 'checkedIn': withMember(state, event.value.person, (m) => foldCheckIn(m, event.value, atMs)); break;
    case 'checkInNudged': withMember(state, event.value.person, (m) => (m.nudged = true)); break;
    case 'checkInsScheduled': withEverybody(state, (m) => foldScheduled(m, event.value.dueAtMs)); break;
    case 'sosCancelled': return cancelCry(state.alerts, event.value);
    case 'alertRaised':
      if (event.value.alert !== undefined) putAlert(state.alerts, event.value.alert);
      break;
    case 'alertStepped': return withAlert(state.alerts, event.value.key, (alert) => stepAlert(alert, event.value));
    case 'alertAcked': return withAlert(state.alerts, event.value.key, (alert) => ackAlert(alert, event.value));
    case 'alertCleared': return alertCleared(state, event.value.key);
    default: return orders(state, event, atMs);
  }
  return 'folded';
}

function isNear(state: MarshalSnapshot, member: Member): boolean {
  const section = state.self?.section ?? 0;
  const isOfSection = section !== 0 && member.section === section;
  return isOfSection || member.person === (state.self?.buddy ?? 0n) || member.buddy === personOfSelf(state)
    || member.handoverTo === personOfSelf(state);
}

function forgetTheFar(state: MarshalSnapshot): void {
  keepOnly(state.section, (member) => isNear(state, member));
}

/** Somebody who comes near with a past that we were not told of needs the snapshot. */
function assigned(state: MarshalSnapshot, event: DutyAssigned, atMs: number): FoldResult {
  if (personOfSelf(state) === event.person) {
    const self = (state.self ??= make('Member'));
    // Another section or role hears other orders.
    const hasMoved = self.section !== event.section || self.role !== event.role;
    foldAssigned(self, event);
    forgetTheFar(state);
    const isBuddyUnknown = event.buddy !== 0n && find(state, event.buddy) === undefined;
    return hasMoved || isBuddyUnknown ? 'needs-snapshot' : 'folded';
  }
  const known = find(state, event.person);
  if (known !== undefined) {
    foldAssigned(known, event);
    forgetTheFar(state);
    return 'folded';
  }
  const fresh = invited(event, atMs);
  if (!isNear(state, fresh)) return 'folded';
  const section = state.self?.section ?? 0;
  const isInSection = section !== 0 && event.section === section;
  if (!isInSection || event.sectionBefore !== event.section) return 'needs-snapshot';
  putInOrder(state.section, fresh, (a, b) => a.ordinal - b.ordinal);
  return 'folded';
}

/** Whoever offers their duty comes near by it, with a past that was not told here, and leaves with the answer. */
function duty(state: MarshalSnapshot, event: DutyChanged, atMs: number): FoldResult {
  const member = find(state, event.person);
  if (member !== undefined) {
    foldDuty(member, event, atMs);
    forgetTheFar(state);
  } else if (event.handoverTo !== 0n && event.handoverTo === personOfSelf(state)) {
    return 'needs-snapshot';
  }
  return 'folded';
}

/** As on the ops feed: when somebody still nudged is expected anew is the server's to say. */
function alertCleared(state: MarshalSnapshot, key: AlertKey | undefined): FoldResult {
  eraseAlert(state.alerts, key);
  if (key?.kind !== 'CHECKIN_MISSED') return 'folded';
  return find(state, key.subject)?.nudged === true ? 'needs-snapshot' : 'folded';
}

// ---- orders ---------------------------------------------------------------------------------------

function orders(state: MarshalSnapshot, event: Event, atMs: number): FoldResult {
  switch (event.case) {
    case 'orderIssued':
      if (event.value.order !== undefined) orderIssued(state, event.value.order);
      break;
    case 'recipientsAdded': {
      const order = findOrder(state.orders, event.value.order);
      if (order === undefined) return 'needs-snapshot';
      for (const ordinal of event.value.ordinals) addReceipt(order, ordinal);
      break;
    }
    case 'receiptsMoved': {
      // It may have ended, and be forgotten here.
      const order = findOrder(state.orders, event.value.order);
      if (order !== undefined) moveReceipts(order, event.value.receipts);
      break;
    }
    case 'ordersEnded': eraseOrders(state.orders, event.value); break;
    default: return march(state, event, atMs);
  }
  return 'folded';
}

/** Told without its recipients: whether it is for oneself follows from the order. */
function orderIssued(state: MarshalSnapshot, issued: Order): void {
  const order = copyOf(issued);
  state.orders.push(order);
  const self = state.self ?? make('Member');
  if (isRecipient(order, self)) addReceipt(order, self.ordinal);
}

// ---- the march ------------------------------------------------------------------------------------

/** What is not here moves nothing that a marshal sees, or is a newer server's. */
function march(state: MarshalSnapshot, event: Event, atMs: number): FoldResult {
  switch (event.case) {
    case 'marchCreated':
    case 'marchUpdated': state.spec = copyOf(event.value.spec) ?? make('MarchSpec'); break;
    case 'phaseChanged': {
      const { to, version, publicSentence } = event.value;
      state.phase = make('PublicPhase', { phase: to, version, sinceMs: atMs, sentence: publicSentence });
      break;
    }
    case 'routeStatusChanged': route(state, event.value, atMs); break;
    case 'timersShifted': shifted(state, event.value.byMs); break;
    case 'noticePosted':
      if (event.value.notice !== undefined) putNotice(state.notices, event.value.notice);
      break;
    case 'secretsForgotten': forgetSecrets(state.incidents, state.orders, event.value.what); break;
    case 'incidentChanged': return incidentChanged(state, event.value.incident ?? make('Incident'));
    case 'incidentReported':
      if (event.value.incident !== undefined && isShownTo(event.value.incident, state.self)) {
        putIncident(state.incidents, event.value.incident);
      }
      break;
    case 'intersectionsChanged': putIntersections(state.intersections, event.value); break;
    case 'closuresSet': state.closures = copyOf(event.value.closures) ?? make('RouteClosures'); break;
    default: break;
  }
  return 'folded';
}

function route(state: MarshalSnapshot, event: RouteStatusChanged, atMs: number): void {
  if (event.status !== 'ACTIVE') return;
  if ((state.closures?.routeVersion ?? 0) !== event.version) state.closures = undefined;
  state.route = make('Route', {
    version: event.version, status: event.status, statusAtMs: atMs, publicFromMs: event.publicFromMs,
    line: copyOf(event.line) ?? make('RouteLine'),
  });
}

function shifted(state: MarshalSnapshot, byMs: number): void {
  withEverybody(state, (member) => foldShift(member, byMs));
  shiftAlerts(state.alerts, byMs);
  shiftOrders(state.orders, byMs);
  shiftIncidents(state.incidents, byMs);
}

/** What becomes ours has a past that was not told here. */
function incidentChanged(state: MarshalSnapshot, now: Incident): FoldResult {
  if (!isShownTo(now, state.self)) {
    eraseIncident(state.incidents, now.number);
  } else if (findIncident(state.incidents, now.number) === undefined) {
    return 'needs-snapshot';
  } else {
    putIncident(state.incidents, now);
  }
  return 'folded';
}
