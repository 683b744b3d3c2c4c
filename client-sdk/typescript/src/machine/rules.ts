// Figures of SPEC.md, and what proto/README.md says of single kinds and codes.
import type { Item } from '../gen/messages.js';

export const dialDeadlineMs = 10_000;
export const greetingDeadlineMs = 15_000;
export const wellAfterMs = 10_000; // online so long: the next wait is a short one
export const leastDeadAfterMs = 1_000;
export const usualDeadAfterMs = 100_000;
export const lookAtClocksMs = 5_000;
export const messageBytesMax = 64 * 1024;
export const protocol = 1;

/** All else before `welcome` is no conversation. An unknown kind is a newer server's. */
export function mayComeBeforeWelcome(kind: Item['item']['case']): boolean {
  return kind === 'welcome' || kind === 'challenge' || kind === 'error' || kind === undefined;
}

/** True when the server said by its close code that trying again is of no use (table in proto/README.md). */
export function closesForGood(code: number): boolean {
  return [1000, 1002, 1007, 1009].includes(code) || (code >= 4010 && code <= 4015);
}
