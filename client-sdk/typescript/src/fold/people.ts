// Members of the roster in the folds of ops and marshal.
import type { CheckedIn, Duty, DutyAssigned, DutyChanged, Member } from '../gen/messages.js';
import { make } from '../wire/binary.js';
import { copyOf } from './kit.js';

/** True when people with this duty are asked to check in. */
function checksIn(duty: Duty): boolean {
  return duty === 'CHECKED_IN' || duty === 'ON_DUTY' || duty === 'HANDOVER_PENDING';
}

function expect(member: Member, dueAtMs: number): void {
  member.dueAtMs = dueAtMs;
  member.nudged = false;
}

export function foldAssigned(member: Member, event: DutyAssigned): void {
  member.person = event.person;
  member.ordinal = event.ordinal;
  member.callsign = event.callsign;
  member.role = event.role;
  member.section = event.section;
  member.buddy = event.buddy;
  member.noPhone = event.noPhone;
  member.language = event.language;
}

/** Somebody of whom nothing but the assignment is known. */
export function invited(event: DutyAssigned, atMs: number): Member {
  const member = make('Member', { duty: 'INVITED', dutySinceMs: atMs, lastReport: 'ON_POST' });
  foldAssigned(member, event);
  return member;
}

export function foldDuty(member: Member, event: DutyChanged, atMs: number): void {
  member.duty = event.to;
  member.dutyVersion = event.version;
  member.dutySinceMs = atMs;
  member.handoverTo = event.handoverTo;
  expect(member, event.dueAtMs);
}

export function foldCheckIn(member: Member, event: CheckedIn, atMs: number): void {
  member.lastCheckInMs = atMs;
  member.lastReport = event.report;
  if (event.place !== undefined && event.place.kind !== 'PLACE_NONE') member.lastPlace = copyOf(event.place);
  if (event.batteryPercent !== 0) member.batteryPercent = event.batteryPercent;
  member.heardBy = event.heardBy;
  if (event.reportedBy === 0n) member.silentSinceMs = 0;
  expect(member, event.dueAtMs);
}

export function foldScheduled(member: Member, dueAtMs: number): void {
  const isAsked = !member.noPhone && member.role !== 'LEGAL_OBSERVER';
  if (isAsked && checksIn(member.duty)) expect(member, dueAtMs);
}

export function foldShift(member: Member, byMs: number): void {
  if (member.dueAtMs !== 0) member.dueAtMs += byMs;
  if (member.duty === 'HANDOVER_PENDING' && member.dutySinceMs !== 0) member.dutySinceMs += byMs;
}
