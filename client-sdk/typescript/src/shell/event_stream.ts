// Events for `for await`: a queue of bounded length between the client and a loop that takes its time.
import type { ClientEvent } from '../machine/events.js';

const waitingMax = 10_000;

export class EventStream implements AsyncIterableIterator<ClientEvent> {
  readonly #wants: (event: ClientEvent) => boolean;
  readonly #onEnd: () => void;
  #waiting: ClientEvent[] = [];
  #missed = 0;
  #takers: ((result: IteratorResult<ClientEvent>) => void)[] = [];
  #isOver = false;

  constructor(wants: (event: ClientEvent) => boolean, onEnd: () => void) {
    this.#wants = wants;
    this.#onEnd = onEnd;
  }

  put(event: ClientEvent): void {
    if (this.#isOver || !this.#wants(event)) return;
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker({ value: event, done: false });
    } else if (this.#waiting.length < waitingMax) {
      this.#waiting.push(event);
    } else {
      this.#missed += 1;
    }
    if (event.kind === 'state' && event.state === 'stopped') this.#end();
  }

  next(): Promise<IteratorResult<ClientEvent>> {
    const event = this.#waiting.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#missed > 0) {
      const message = `The loop is too slow: ${this.#missed} events were left out of it. The state is whole.`;
      this.#missed = 0;
      return Promise.resolve({ value: { kind: 'fault', fault: 'CALLBACK', message }, done: false });
    }
    if (this.#isOver) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  return(): Promise<IteratorResult<ClientEvent>> {
    this.#waiting = [];
    this.#missed = 0;
    this.#end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
    for (const taker of this.#takers) taker({ value: undefined, done: true });
    this.#takers = [];
  }
}
