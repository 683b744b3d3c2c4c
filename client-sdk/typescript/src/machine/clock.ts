// The server's clock as this client knows it: SPEC.md, part 5.
import type { Moment } from './actions.js';

const driftMax = 1_000;

export class ServerClock {
  /** The server's time at `#at`; 0: not known. */
  #timeMs = 0;
  #at: Moment = { steady: 0, wall: 0 };
  #rate = 1;
  /** Wall clock less steady clock, when it was looked at last. */
  #apart: number | undefined;
  #offsetMs: number | undefined;

  /** `offsetMs`: the last known one, by which commands are dated until the server speaks. */
  constructor(offsetMs: number | undefined) {
    this.#offsetMs = offsetMs;
  }

  set(timeMs: number, now: Moment, rate = this.#rate): void {
    this.#timeMs = timeMs;
    this.#at = now;
    this.#rate = rate > 0 && Number.isFinite(rate) ? rate : 1;
    this.#offsetMs = timeMs - now.wall;
  }

  /** For the time before the first `welcome`. */
  remember(offsetMs: number): void {
    this.#offsetMs ??= offsetMs;
  }

  get isKnown(): boolean {
    return this.#timeMs !== 0;
  }

  get offsetMs(): number | undefined {
    return this.#offsetMs;
  }

  /** 0 before the first `welcome`. */
  at(now: Moment): number {
    return this.#timeMs === 0 ? 0 : this.#timeMs + Math.trunc((now.steady - this.#at.steady) * this.#rate);
  }

  /** When a command was made that is made now; 0: nobody can say yet. */
  dateOf(made: Moment): number {
    if (this.#timeMs !== 0) return this.at(made);
    return this.#offsetMs === undefined ? 0 : Math.trunc(made.wall + this.#offsetMs);
  }

  /** When a command was made that another run of this app made: by the wall clock alone. */
  dateOfWall(madeWall: number): number {
    return this.#offsetMs === undefined ? 0 : Math.trunc(madeWall + this.#offsetMs);
  }

  /** When the server's clock will show this, by the steady clock. */
  steadyAt(timeMs: number): number {
    return this.#at.steady + (timeMs - this.#timeMs) / this.#rate;
  }

  /** True once for each time that the two clocks of this device have drifted apart. */
  hasDrifted(now: Moment): boolean {
    const apart = now.wall - now.steady;
    const before = this.#apart ?? apart;
    if (this.#apart === undefined || Math.abs(apart - before) > driftMax) this.#apart = apart;
    return Math.abs(apart - before) > driftMax;
  }
}
