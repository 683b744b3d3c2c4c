// What was said about the end of a march's log.
import type { LogEvent, Retention } from '../gen/messages.js';

export function foldRetention(said: Retention, event: LogEvent['event'], atMs: number): void {
  switch (event.case) {
    case 'retentionHeld':
      said.heldBy = event.value.person;
      said.holdReason = event.value.reason;
      said.heldAtMs = atMs;
      break;
    case 'retentionReleased':
      said.heldBy = 0n;
      said.holdReason = '';
      said.heldAtMs = 0;
      break;
    case 'marchExported':
      said.exportedBy = event.value.person;
      said.exportSha256 = event.value.sha256;
      said.exportedAtMs = atMs;
      break;
    case 'shredWaived':
      said.waivedBy = event.value.person;
      said.waivedAtMs = atMs;
      break;
    case 'marchShredded': said.shreddedAtMs = atMs; break;
    case 'secretsForgotten':
      if (event.value.what === 'PLACES') said.placesForgottenAtMs = atMs;
      if (event.value.what === 'RESTRICTED') said.restrictedForgottenAtMs = atMs;
      if (event.value.what === 'PERSONS') said.personsForgottenAtMs = atMs;
      break;
    default: break; // about something else
  }
}
