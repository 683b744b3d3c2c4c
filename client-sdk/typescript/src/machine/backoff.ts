// How long to wait before the next try to connect: full jitter, so that a crowd does not come back at once.

const doublingsMax = 20;

export class Backoff {
  readonly #firstMs: number;
  readonly #mostMs: number;
  readonly #random: () => number;
  #tries = 0;

  /** `random` draws evenly from 0 to 1. */
  constructor(firstMs: number, mostMs: number, random: () => number) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#random = random;
  }

  next(): number {
    const bound = Math.min(this.#mostMs, this.#firstMs * 2 ** Math.min(this.#tries, doublingsMax));
    this.#tries += 1;
    return this.#draw(bound);
  }

  /** After the delay that the server gave: spread over the shortest wait. */
  after(delayMs: number): number {
    this.#tries += 1;
    return delayMs + this.#draw(this.#firstMs);
  }

  /** Things are well: the next wait is a short one. */
  reset(): void {
    this.#tries = 0;
  }

  #draw(boundMs: number): number {
    return Math.min(boundMs, Math.floor(this.#random() * (boundMs + 1)));
  }
}
