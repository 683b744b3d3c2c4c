// Orders of which the server was told that they are on the phone: once each, however often a feed is made whole again.
import { make } from '../wire/binary.js';
import type { Moment, Out } from './actions.js';
import type { CommandQueue } from './command_queue.js';
import { logOf } from './feed_name.js';
import type { Subscription } from './subscription.js';

export class Marks {
  readonly #commands: CommandQueue;
  /** By feed. */
  readonly #marked = new Map<string, Set<number>>();

  constructor(commands: CommandQueue) {
    this.#commands = commands;
  }

  forget(feed: string): void {
    this.#marked.delete(feed);
  }

  /** Puts a `mark_delivered` in the queue for each that is new. */
  mark(feed: Subscription, now: Moment, out: Out): void {
    if (feed.parts.kind !== 'marshal') return;
    const log = logOf(feed.parts);
    const queued = feed.fold.queuedOrders();
    const marked = this.#marked.get(feed.name) ?? new Set(this.#commands.markedOrders(log));
    this.#marked.set(feed.name, marked);
    for (const order of marked) if (!queued.includes(order)) marked.delete(order);
    for (const order of queued) {
      if (marked.has(order)) continue;
      const body = { case: 'markDelivered' as const, value: make('MarkDelivered', { order }) };
      if (this.#commands.add(log, body, 'LEVEL_NONE', now, out)) marked.add(order);
    }
  }
}
