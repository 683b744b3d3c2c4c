// Which token this client shows, and when it asks the app for another: SPEC.md, (C).
import type { Moment, Out } from './actions.js';
import type { ServerClock } from './clock.js';

const deadlineMs = 30_000;
const renewBeforeMs = 30_000;
const renewAtPart = 0.75;

export class Tokens {
  readonly hasProvider: boolean;
  #token: string;
  #expiresAtMs = 0; // by the server's clock; 0: unknown
  #givenAt: Moment = { steady: 0, wall: 0 };
  #ask = 0;
  #isAsking = false;
  #askedAt = 0;
  #isRenewed = false;
  /** Turned away as UNAUTHENTICATED, in a row. */
  #refusals = 0;

  constructor(token: string, hasProvider: boolean) {
    this.#token = token;
    this.hasProvider = hasProvider;
  }

  get token(): string {
    return this.#token;
  }

  ask(now: Moment, out: Out): void {
    this.#isAsking = true;
    this.#askedAt = now.steady;
    this.#ask += 1;
    out.push({ do: 'ask-token', ask: this.#ask });
  }

  /** Nobody waits for the answer any more. */
  forgetAsk(): void {
    this.#isAsking = false;
  }

  /** True where this answers what was asked last, for the first time. */
  take(ask: number, token: string, expiresAtMs: number, now: Moment): boolean {
    if (!this.#isAsking || ask !== this.#ask) return false;
    this.#isAsking = false;
    if (token === '') return true;
    this.#token = token;
    this.#expiresAtMs = expiresAtMs;
    this.#givenAt = now;
    this.#isRenewed = false;
    return true;
  }

  isLate(now: Moment): boolean {
    return this.#isAsking && now.steady - this.#askedAt >= deadlineMs;
  }

  lateAt(): number | undefined {
    return this.#isAsking ? this.#askedAt + deadlineMs : undefined;
  }

  /** While online: when a newer one is wanted, by the steady clock. Once for each token. */
  renewAt(clock: ServerClock): number | undefined {
    if (!this.hasProvider || this.#expiresAtMs === 0 || this.#isRenewed || this.#isAsking || !clock.isKnown) return undefined;
    const given = clock.at(this.#givenAt);
    const partly = given + (this.#expiresAtMs - given) * renewAtPart;
    return clock.steadyAt(Math.max(this.#expiresAtMs - renewBeforeMs, partly));
  }

  renew(now: Moment, out: Out): void {
    this.#isRenewed = true;
    this.ask(now, out);
  }

  welcomed(): void {
    this.#refusals = 0;
  }

  /** True where it may be that the next token is a better one. */
  mayTryAnother(): boolean {
    this.#refusals += 1;
    return this.hasProvider && this.#refusals < 2;
  }
}
