// What the folds share: copies, lists in order, words in order of their numbers.
import { wordsOf } from '../wire/shapes.js';

/** What applying an item did. `needs-snapshot`: it names what this client was never told in full. */
export type FoldResult = 'folded' | 'needs-snapshot';

/** Deep: what an item bears is the app's, what is folded goes on changing. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (value instanceof Uint8Array) return value.slice() as T;
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) copy[name] = copyOf(one);
  return copy as T;
}

/** The number of a word, by which the server orders. */
export function numberOf(enumeration: string, word: string | number): number {
  return typeof word === 'number' ? word : wordsOf(enumeration).byName.get(word) ?? 0;
}

/** Below zero where `a` stands before `b`. */
export function compare(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Puts it in its place of a list in order, in place of one that is its equal. */
export function putInOrder<T>(list: T[], one: T, order: (a: T, b: T) => number): void {
  const same = list.findIndex((known) => order(known, one) === 0);
  if (same >= 0) {
    list[same] = one;
    return;
  }
  let at = list.length;
  for (let before = list[at - 1]; before !== undefined && order(one, before) < 0; before = list[at - 1]) at -= 1;
  list.splice(at, 0, one);
}

/** Takes out, in place, what is not to stay. */
export function keepOnly<T>(list: T[], stays: (one: T) => boolean): void {
  let kept = 0;
  for (const one of list) {
    if (stays(one)) list[kept++] = one;
  }
  list.length = kept;
}
