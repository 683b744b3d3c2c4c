// Everything of a march, or of one section of it: the fold of ops feeds.
import type {
  Alert, AlertKey, DutyAssigned, EntryItem, Incident, IncidentChanged, LogEvent, Member, OpsSnapshot, Order,
  PhaseChanged, RouteStatusChanged, SilenceObserved, WaypointPassed,
} from '../gen/messages.js';
import { encode, make } from '../wire/binary.js';
import {
  ackAlert, cancelCry, eraseAlert, isAbout, orderAbout, putAlert, putCount, putNotice,
  shiftAlerts, stepAlert, withAlert,
} from './alerts.js';
import {
  eraseIncident, findIncident, forgetSecrets, hasEnded, putIncident, putIntersections, shiftIncidents,
} from './incidents.js';
import { copyOf, keepOnly, type FoldResult } from './kit.js';
import {
  addReceipt, dropReceipt, endOrders, eraseOrders, findOrder, forgetWords, isRecipient, moveReceipts, shiftOrders,
} from './orders.js';
import { foldAssigned, foldCheckIn, foldDuty, foldScheduled, foldShift, invited } from './people.js';
import { foldRetention } from './retention.js';

type Event = LogEvent['event'];

/** Folds one entry; every kind that a march's log can bear has its arm. */
export function foldOps(state: OpsSnapshot, entry: EntryItem): FoldResult {
  const event = entry.event?.event;
  return event === undefined ? 'folded' : people(state, event, entry.atMs);
}

function findMember(state: OpsSnapshot, person: bigint): Member | undefined {
  return state.roster.find((member) => member.person === person);
}

function withMember(state: OpsSnapshot, person: bigint, change: (member: Member) => void): FoldResult {
  const member = findMember(state, person);
  if (member === undefined) return 'needs-snapshot';
  change(member);
  return 'folded';
}

// ---- people ---------------------------------------------------------------------------------------

/** Duty, check-ins and alerts; what it does not know is left to `orders`. */
function people(state: OpsSnapshot, event: Event, atMs: number): FoldResult {
  switch (event.case) {
    case 'dutyAssigned':
      if (state.onlySection !== 0) return assignedHere(state, event.value, atMs);
      assigned(state, event.value, atMs);
      break;
    case 'dutyChanged': return withMember(state, event.value.person, (m) => foldDuty(m, event.value, atMs));
    case 'checkedIn': return withMember(state, event.value.person, (m) => foldCheckIn(m, event.value, atMs));
    case 'checkInNudged': return withMember(state, event.value.person, (m) => (m.nudged = true));
    case 'checkInsScheduled':
      for (const member of state.roster) foldScheduled(member, event.value.dueAtMs);
      break;
    case 'silenceObserved': return silence(state, event.value);
    case 'sosCancelled': return cancelCry(state.alerts, event.value);
    case 'alertRaised':
      if (event.value.alert !== undefined) alertRaised(state, event.value.alert);
      break;
    case 'alertStepped': return withAlert(state.alerts, event.value.key, (alert) => stepAlert(alert, event.value));
    case 'alertAcked': return withAlert(state.alerts, event.value.key, (alert) => ackAlert(alert, event.value));
    case 'alertCleared': return alertCleared(state, event.value.key);
    default: return orders(state, event, atMs);
  }
  return 'folded';
}

function assigned(state: OpsSnapshot, event: DutyAssigned, atMs: number): void {
  const member = findMember(state, event.person);
  if (member === undefined) state.roster.push(invited(event, atMs));
  else foldAssigned(member, event);
}

/** A section lead's feed holds one section: whoever leaves it is forgotten with the own alerts. */
function forget(state: OpsSnapshot, person: bigint): void {
  keepOnly(state.roster, (member) => member.person !== person);
  keepOnly(state.alerts, (alert) => !isAbout(alert.key, person));
}

/** As the section is shown: orders to others, and nobody of it asked any more, are not held. */
function forgetReceipts(state: OpsSnapshot, ordinal: number): void {
  for (const order of state.orders) {
    dropReceipt(order, ordinal);
    if (order.receipts !== undefined) continue;
    order.escalated = false;
    keepOnly(state.alerts, (alert) => orderAbout(alert.key) !== order.number);
  }
  keepOnly(state.orders, (order) => {
    const to = order.audience;
    const isOwn = to?.kind === 'AUDIENCE_SECTION' && to.section === state.onlySection;
    return order.receipts !== undefined || to?.kind === 'AUDIENCE_ALL' || isOwn;
  });
}

/** Whoever comes into it with a past that was not told here needs the snapshot. */
function assignedHere(state: OpsSnapshot, event: DutyAssigned, atMs: number): FoldResult {
  if (event.section !== state.onlySection) {
    forget(state, event.person);
    forgetReceipts(state, event.ordinal);
    return 'folded';
  }
  const isKnown = findMember(state, event.person) !== undefined;
  if (!isKnown && event.sectionBefore !== event.section) return 'needs-snapshot';
  assigned(state, event, atMs);
  state.roster.sort((a, b) => a.ordinal - b.ordinal);
  return 'folded';
}

function silence(state: OpsSnapshot, event: SilenceObserved): FoldResult {
  for (const one of event.silent) {
    const member = findMember(state, one.person);
    if (member === undefined) return 'needs-snapshot';
    member.silentSinceMs = one.sinceMs;
  }
  for (const person of event.heard) {
    const member = findMember(state, person);
    if (member !== undefined) member.silentSinceMs = 0;
  }
  return 'folded';
}

function alertRaised(state: OpsSnapshot, alert: Alert): void {
  putAlert(state.alerts, alert);
  const number = orderAbout(alert.key);
  const order = number === 0 ? undefined : findOrder(state.orders, number);
  if (order?.receipts !== undefined) order.escalated = true;
}

/** Whoever is still nudged is expected anew, when the server's rules say: they are not for clients to know. */
function alertCleared(state: OpsSnapshot, key: AlertKey | undefined): FoldResult {
  eraseAlert(state.alerts, key);
  if (key?.kind !== 'CHECKIN_MISSED') return 'folded';
  return findMember(state, key.subject)?.nudged === true ? 'needs-snapshot' : 'folded';
}

// ---- orders ---------------------------------------------------------------------------------------

/** Orders and their receipts; what it does not know is left to `march`. */
function orders(state: OpsSnapshot, event: Event, atMs: number): FoldResult {
  const held = state.orders;
  switch (event.case) {
    case 'orderIssued':
      if (event.value.order !== undefined) orderIssued(state, event.value.order);
      break;
    case 'recipientsAdded': {
      const order = findOrder(held, event.value.order);
      if (order === undefined) return 'needs-snapshot';
      for (const ordinal of event.value.ordinals) if (isShown(state, ordinal)) addReceipt(order, ordinal);
      break;
    }
    case 'receiptsMoved': {
      const order = findOrder(held, event.value.order);
      // A section's feed forgets an order with its end; a late receipt is of no use there.
      if (order === undefined && state.onlySection === 0) return 'needs-snapshot';
      if (order !== undefined) moveReceipts(order, event.value.receipts);
      break;
    }
    case 'ordersEnded':
      if (state.onlySection === 0) endOrders(held, event.value);
      else eraseOrders(held, event.value);
      break;
    default: return march(state, event, atMs);
  }
  return 'folded';
}

/** A section lead's feed tells of the order without its recipients: those of the section follow from the order. */
function orderIssued(state: OpsSnapshot, issued: Order): void {
  const order = copyOf(issued);
  state.orders.push(order);
  if (state.onlySection === 0) return;
  for (const member of state.roster) {
    if (isRecipient(order, member)) addReceipt(order, member.ordinal);
  }
}

function isShown(state: OpsSnapshot, ordinal: number): boolean {
  return state.onlySection === 0 || state.roster.some((member) => member.ordinal === ordinal);
}

// ---- the march itself -----------------------------------------------------------------------------

/** What is not here moves nothing in the snapshot, or is a newer server's. */
function march(state: OpsSnapshot, event: Event, atMs: number): FoldResult {
  switch (event.case) {
    case 'marchCreated':
      state.spec = copyOf(event.value.spec);
      state.specVersion = 1;
      state.sections = event.value.sections;
      state.phase = 'PLANNED';
      state.phaseVersion = 1;
      state.phaseSinceMs = atMs;
      break;
    case 'marchUpdated':
      state.spec = copyOf(event.value.spec);
      state.specVersion = event.value.version;
      break;
    case 'policySet': state.policy = copyOf(event.value.policy); break;
    case 'countReported':
      if (event.value.count !== undefined) putCount(state.counts, event.value.count);
      break;
    case 'sectionsSet': state.sections = event.value.sections; break;
    case 'phaseChanged': phase(state, event.value, atMs); break;
    case 'proposalMade':
      if (event.value.proposal !== undefined) state.proposals.push(copyOf(event.value.proposal));
      break;
    case 'proposalEnded': keepOnly(state.proposals, (one) => one.number !== event.value.number); break;
    case 'timersShifted': shifted(state, event.value.byMs); break;
    case 'noticePosted':
      if (event.value.notice !== undefined) putNotice(state.notices, event.value.notice);
      break;
    case 'callsToActionSet': state.callsToAction = copyOf(event.value.calls); break;
    default: return street(state, event, atMs);
  }
  return 'folded';
}

function phase(state: OpsSnapshot, event: PhaseChanged, atMs: number): void {
  state.phase = event.to;
  state.phaseVersion = event.version;
  state.phaseSinceMs = atMs;
  state.phaseBefore = event.before;
  state.publicSentence = event.publicSentence;
  const hadGathered = event.from === 'ASSEMBLING' || event.from === 'RALLY';
  if (hadGathered && event.to === 'MARCHING' && state.column?.sample !== undefined) {
    state.column.sample.stepOffLengthMetres = 0;
  }
}

function shifted(state: OpsSnapshot, byMs: number): void {
  for (const member of state.roster) foldShift(member, byMs);
  shiftAlerts(state.alerts, byMs);
  for (const proposal of state.proposals) {
    if (proposal.expiresAtMs !== 0) proposal.expiresAtMs += byMs;
  }
  shiftOrders(state.orders, byMs);
  shiftIncidents(state.incidents, byMs);
}

// ---- route, column, incidents ---------------------------------------------------------------------

function street(state: OpsSnapshot, event: Event, atMs: number): FoldResult {
  switch (event.case) {
    case 'routeImported':
      state.routes.push(make('Route', {
        version: event.value.version, status: 'DRAFT', statusAtMs: atMs, line: copyOf(event.value.line),
      }));
      break;
    case 'routeStatusChanged': return routeStatus(state, event.value, atMs);
    case 'columnSampled': {
      const column = (state.column ??= make('ColumnRecord'));
      column.sample = copyOf(event.value.sample);
      column.sampledAtMs = atMs;
      break;
    }
    case 'waypointPassed': passed(state, event.value); break;
    case 'incidentChanged': return incidentChanged(state, event.value);
    case 'incidentReported':
      if (event.value.incident !== undefined && isHere(state, event.value.incident)) {
        putIncident(state.incidents, event.value.incident);
      }
      break;
    case 'intersectionsChanged': putIntersections(state.intersections, event.value); break;
    case 'closuresSet': state.closures = copyOf(event.value.closures) ?? make('RouteClosures'); break;
    default: endOfLog(state, event, atMs);
  }
  return 'folded';
}

function routeStatus(state: OpsSnapshot, event: RouteStatusChanged, atMs: number): FoldResult {
  // A section lead's feed holds the active route alone, which comes with its line.
  if (state.onlySection !== 0 && event.status === 'ACTIVE' && state.activeRoute !== event.version) {
    state.routes = [make('Route', { version: event.version, line: copyOf(event.line) ?? make('RouteLine') })];
  }
  const route = state.routes.find((one) => one.version === event.version);
  if (route === undefined) return 'needs-snapshot';
  route.status = event.status;
  route.statusAtMs = atMs;
  if (event.status === 'ACTIVE') {
    route.publicFromMs = event.publicFromMs;
    state.activeRoute = event.version;
    if ((state.closures?.routeVersion ?? 0) !== event.version) state.closures = undefined;
  } else if (state.activeRoute === event.version) {
    state.activeRoute = 0;
  }
  return 'folded';
}

function passed(state: OpsSnapshot, event: WaypointPassed): void {
  const column = (state.column ??= make('ColumnRecord'));
  const end = event.end === 'END_HEAD' ? 'head' : 'tail';
  const known = (column[end] ??= make('PassedMark'));
  const mark = event.mark ?? make('PassedMark');
  if (mark.routeVersion !== known.routeVersion || mark.atMs >= known.atMs) column[end] = copyOf(mark);
}

function isHere(state: OpsSnapshot, incident: Incident): boolean {
  return state.onlySection === 0 || (!hasEnded(incident) && incident.section === state.onlySection);
}

/** A section lead's feed holds open ones of the section: what comes from elsewhere has a past that was not told. */
function incidentChanged(state: OpsSnapshot, event: IncidentChanged): FoldResult {
  forgetWords(state.orders, event.forgetsOrder);
  const now = event.incident ?? make('Incident');
  if (isHere(state, now)) {
    if (findIncident(state.incidents, now.number) === undefined) return 'needs-snapshot';
    putIncident(state.incidents, now);
    return 'folded';
  }
  eraseIncident(state.incidents, now.number);
  eraseAlert(state.alerts, make('AlertKey', { kind: 'LOST_CHILD', number: now.number }));
  return 'folded';
}

function endOfLog(state: OpsSnapshot, event: Event, atMs: number): void {
  switch (event.case) {
    case 'secretsForgotten':
      forgetSecrets(state.incidents, state.orders, event.value.what);
      // The end of the log is no section lead's business.
      if (state.onlySection === 0) foldRetention((state.retention ??= make('Retention')), event, atMs);
      break;
    case 'retentionHeld':
    case 'retentionReleased':
    case 'marchExported':
    case 'shredWaived':
    case 'marchShredded':
      foldRetention((state.retention ??= make('Retention')), event, atMs);
      if (encode('Retention', state.retention).length === 0) state.retention = undefined;
      break;
    default: break; // moves nothing here
  }
}
