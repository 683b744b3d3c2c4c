// Alerts, notices and counts in the folds.
import type { Alert, AlertAcked, AlertKey, AlertStepped, Count, Notice, SosCancelled } from '../gen/messages.js';
import { make } from '../wire/binary.js';
import { compare, copyOf, numberOf, putInOrder, type FoldResult } from './kit.js';

/** As many as the server keeps in a snapshot. */
const noticesKept = 50;
const countsKept = 100;

const aboutPersons = new Set<string | number>([
  'CHECKIN_MISSED', 'SOS_UNOWNED', 'UNREACHABLE', 'BATTERY_LOW', 'PERSON_DETAINED', 'LEAD_RECOVERED',
]);

function orderOfKeys(a: AlertKey | undefined, b: AlertKey | undefined): number {
  return compare(numberOf('AlertKind', a?.kind ?? 0), numberOf('AlertKind', b?.kind ?? 0))
    || compare(a?.subject ?? 0n, b?.subject ?? 0n) || compare(a?.number ?? 0, b?.number ?? 0);
}

/** `undefined` when no such alert is open. */
function findAlert(alerts: readonly Alert[], key: AlertKey | undefined): Alert | undefined {
  return alerts.find((alert) => orderOfKeys(alert.key, key) === 0);
}

export function putAlert(alerts: Alert[], alert: Alert): void {
  putInOrder(alerts, copyOf(alert), (a, b) => orderOfKeys(a.key, b.key));
}

export function eraseAlert(alerts: Alert[], key: AlertKey | undefined): void {
  const at = alerts.findIndex((alert) => orderOfKeys(alert.key, key) === 0);
  if (at >= 0) alerts.splice(at, 1);
}

export function stepAlert(alert: Alert, event: AlertStepped): void {
  alert.state = event.state;
  alert.step = event.step;
  alert.version = event.version;
  alert.stepAtMs = event.stepAtMs;
}

export function ackAlert(alert: Alert, event: AlertAcked): void {
  alert.state = 'ACKED';
  alert.version = event.version;
  alert.owner = event.owner;
  alert.stepAtMs = 0;
}

/** The key of the alert about somebody's cry for help. */
function cryOf(person: bigint): AlertKey {
  return make('AlertKey', { kind: 'SOS_UNOWNED', subject: person });
}

/** What a lead's feed holds of it, when it was cancelled under duress. */
function goOnUnderDuress(alert: Alert, event: SosCancelled): void {
  alert.duress = event.duress;
  alert.version = event.version;
  alert.step = event.step;
  alert.state = event.state;
  alert.stepAtMs = event.stepAtMs;
  alert.owner = 0n;
}

/** One that is not held was raised before it reached this feed. */
export function withAlert(alerts: Alert[], key: AlertKey | undefined, change: (alert: Alert) => void): FoldResult {
  const alert = findAlert(alerts, key);
  if (alert === undefined) return 'needs-snapshot';
  change(alert);
  return 'folded';
}

/** It is over, and its alert with it; leads are told of duress, and to them it goes on. */
export function cancelCry(alerts: Alert[], event: SosCancelled): FoldResult {
  const key = cryOf(event.person);
  if (event.duress !== 'DURESS_NONE') return withAlert(alerts, key, (alert) => goOnUnderDuress(alert, event));
  eraseAlert(alerts, key);
  return 'folded';
}

/** True when the alert's subject is this person. */
export function isAbout(key: AlertKey | undefined, person: bigint): boolean {
  return key !== undefined && aboutPersons.has(key.kind) && key.subject === person;
}

/** The number of the order that an alert is about; 0: it is about none. */
export function orderAbout(key: AlertKey | undefined): number {
  const isOfOrder = key?.kind === 'ORDER_UNACKED' || key?.kind === 'ROLL_CALL_INCOMPLETE';
  return isOfOrder ? key.number : 0;
}

export function shiftAlerts(alerts: readonly Alert[], byMs: number): void {
  for (const alert of alerts) {
    if (alert.stepAtMs !== 0) alert.stepAtMs += byMs;
  }
}

export function putNotice(notices: Notice[], notice: Notice): void {
  notices.push(copyOf(notice));
  if (notices.length > noticesKept) notices.shift();
}

export function putCount(counts: Count[], count: Count): void {
  counts.push(copyOf(count));
  if (counts.length > countsKept) counts.shift();
}
