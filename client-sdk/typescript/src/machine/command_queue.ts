// Commands that have no answer yet, and those that were answered lately: each keeps its id, so that sending it again has
// no second effect. SPEC.md, part 4.
import type { Accepted, Command, CommandBodies, CommandId, CommandReply, ServerError } from '../gen/messages.js';
import { decode, encode, make } from '../wire/binary.js';
import type { KeptCommand, Moment, Out } from './actions.js';
import type { ServerClock } from './clock.js';

const inFlightMax = 200; // below the server's burst of 400
const triesMax = 30; // about a minute
const leastWaitMs = 200;
const mostWaitMs = 2_000; // a server that was cut off is back within seconds
const answeredKeptMs = 60_000; // the server's design names it
const answeredMax = 1_024;
const gatherMs = 500; // what is to be forgotten is forgotten together

/** What somebody on the street says outlives this process; what leads decide must not go out an hour later. */
const durable = new Set<string>([
  'checkIn', 'checkInSection', 'raiseSos', 'reportCount', 'markPassed', 'reportIncident', 'updateIncident',
  'markDelivered', 'markSeen', 'acknowledge', 'decline', 'answerRollCall',
] satisfies (keyof CommandBodies)[]);

interface Waiting {
  message: Command;
  readonly made: Moment;
  /** By the steady clock; 0: at once. */
  notBefore: number;
  tries: number;
  isInFlight: boolean;
  /** The queue has not said yet that it holds it. */
  isKeeping: boolean;
  /** The app has heard that it is kept. */
  isTold: boolean;
  /** The app has an answer: it was lost with its log's end. */
  isSecond: boolean;
  isStored: boolean;
  /** Of our own making: the app hears nothing of it. */
  readonly isOurs: boolean;
  readonly ticket: number;
}

/** A short while ago. */
interface Answered {
  readonly message: Command;
  readonly at: number;
  readonly isAccepted: boolean;
  readonly isStored: boolean;
}

/** The answer for the app, which hears it when the queue knows of it: a restart must not ask again. */
interface Outcome {
  readonly id: CommandId;
  readonly accepted: Accepted | undefined;
  readonly error: ServerError | undefined;
  /** It had been accepted, was lost with its log's end and is refused now. */
  readonly isSecond: boolean;
  readonly ticket: number;
}

export interface QueueSettings {
  readonly device: bigint;
  readonly counter: bigint;
  readonly waitingMax: number;
  /** True where the shell has a queue that outlives the process. */
  readonly isStored: boolean;
}

export class CommandQueue {
  readonly #settings: QueueSettings;
  readonly #clock: ServerClock;
  readonly #waiting = new Map<bigint, Waiting>(); // in order of making
  #answered: Answered[] = []; // oldest first
  readonly #untold = new Map<bigint, Outcome>();
  #counter: bigint;
  #inFlight = 0;

  constructor(settings: QueueSettings, clock: ServerClock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#counter = settings.counter;
  }

  get size(): number {
    return this.#waiting.size;
  }
  /** The last one that was used. */
  get counter(): bigint {
    return this.#counter;
  }

  /** What another run of this app left; in order of their counters. Those that are no commands are passed over. */
  restore(records: readonly KeptCommand[], out: Out): void {
    const bad: bigint[] = [];
    for (const record of records) {
      const message = read(record.bytes);
      if (message?.id === undefined) {
        bad.push(record.counter);
        continue;
      }
      if (record.counter > this.#counter) this.#counter = record.counter;
      this.#waiting.set(record.counter, {
        message, made: { steady: Number.NaN, wall: record.madeWall }, notBefore: 0, tries: 0, isInFlight: false,
        isKeeping: false, isTold: true, isSecond: false, isStored: true, ticket: 0,
        isOurs: message.body.case === 'markDelivered',
      });
    }
    if (bad.length > 0) out.push({ do: 'forget', counters: bad });
  }

  /** Orders for which `mark_delivered` stands in here, or has been answered lately. */
  markedOrders(log: string): number[] {
    const all = [...this.#waiting.values(), ...this.#answered].map((one) => one.message);
    return all.flatMap((one) => one.log === log && one.body.case === 'markDelivered' ? [one.body.value.order] : []);
  }

  /** False when too many wait, or without a device. `ticket`: of the app's call; none: it is of our own making. */
  add(log: string, body: Command['body'], minLevel: Command['minLevel'], now: Moment, out: Out, ticket?: number): boolean {
    if (this.#settings.device === 0n || this.#waiting.size >= this.#settings.waitingMax) return false;
    const counter = ++this.#counter;
    const id = make('CommandId', { device: this.#settings.device, counter });
    const message = make('Command', { id, log, madeAtMs: this.#clock.dateOf(now), minLevel, body });
    const waiting: Waiting = {
      message, made: now, notBefore: 0, tries: 0, isInFlight: false, isKeeping: this.#settings.isStored,
      isTold: ticket === undefined, isSecond: false, isStored: false, isOurs: ticket === undefined, ticket: ticket ?? 0,
    };
    this.#waiting.set(counter, waiting);
    if (this.#settings.isStored) this.#keep(counter, waiting, out);
    else this.onKept(counter, false, out);
    return true;
  }

  #keep(counter: bigint, waiting: Waiting, out: Out): void {
    waiting.isKeeping = true;
    const isMeant = durable.has(waiting.message.body.case ?? '');
    const command = isMeant
      ? { counter, bytes: encode('Command', waiting.message), madeWall: waiting.made.wall }
      : undefined;
    out.push({ do: 'keep', counter, command });
  }

  /** The queue holds it (as far as it is of those that are stored), or could not. */
  onKept(counter: bigint, isWell: boolean, out: Out): void {
    const waiting = this.#waiting.get(counter);
    if (waiting === undefined) return;
    waiting.isKeeping = false;
    waiting.isStored = isWell && durable.has(waiting.message.body.case ?? '');
    if (waiting.isTold) return;
    waiting.isTold = true;
    const id = waiting.message.id ?? make('CommandId');
    out.tell({ kind: 'kept', id, durable: waiting.isStored }, waiting.ticket);
  }

  /** What goes out now. None overtakes one that is still being kept. */
  due(now: Moment, out: Out): Command[] {
    const messages: Command[] = [];
    for (const [counter, waiting] of this.#waiting) {
      if (this.#inFlight >= inFlightMax || waiting.isKeeping) break;
      if (waiting.isInFlight || waiting.notBefore > now.steady) continue;
      if (waiting.message.madeAtMs === 0) {
        this.#date(waiting);
        if (waiting.isStored) {
          // A restart must find the same moment of making.
          this.#keep(counter, waiting, out);
          break;
        }
      }
      waiting.isInFlight = true;
      this.#inFlight += 1;
      messages.push(waiting.message);
    }
    return messages;
  }

  #date(waiting: Waiting): void {
    const isOfThisRun = !Number.isNaN(waiting.made.steady);
    waiting.message.madeAtMs = isOfThisRun
      ? this.#clock.dateOf(waiting.made) : this.#clock.dateOfWall(waiting.made.wall);
  }

  /** The connection is gone: none is in flight. */
  lost(): void {
    this.#inFlight = 0;
    for (const waiting of this.#waiting.values()) waiting.isInFlight = false;
  }

  /** Entries of this log were lost: what was accepted lately goes out again, with its id. */
  historyChanged(log: string, now: Moment, out: Out): void {
    this.forgetAnswered(now, out);
    const isAgain = (one: Answered): boolean => one.isAccepted && one.message.log === log;
    const again = this.#answered.filter(isAgain);
    this.#answered = this.#answered.filter((one) => !isAgain(one));
    const later = [...this.#waiting];
    this.#waiting.clear();
    for (const one of again) {
      this.#waiting.set(one.message.id?.counter ?? 0n, {
        message: one.message, made: now, notBefore: 0, tries: 0, isInFlight: false, isKeeping: false, isTold: true,
        isSecond: true, isStored: one.isStored, isOurs: false, ticket: 0,
      });
    }
    for (const [counter, waiting] of later) this.#waiting.set(counter, waiting);
  }

  onReply(reply: CommandReply, now: Moment, out: Out): void {
    const { id = make('CommandId'), outcome } = reply;
    const waiting = this.#waiting.get(id.counter);
    if (id.device !== this.#settings.device || waiting === undefined) return;
    if (waiting.isInFlight) this.#inFlight -= 1;
    waiting.isInFlight = false;
    const error = outcome.case === 'error' ? outcome.value : undefined;
    const mayTryAgain = error?.code === 'UNAVAILABLE' || error?.code === 'RATE_LIMITED';
    if (error !== undefined && mayTryAgain && ++waiting.tries < triesMax) {
      const doubled = Math.min(mostWaitMs, leastWaitMs * 2 ** Math.min(waiting.tries - 1, 10));
      waiting.notBefore = now.steady + Math.max(doubled, error.retryAfterMs);
      return;
    }
    this.#waiting.delete(id.counter);
    const isAccepted = error === undefined;
    const { message, isStored, isSecond, ticket } = waiting;
    this.#answered.push({ message, at: now.steady, isAccepted, isStored });
    const isTold = !waiting.isOurs && !(isAccepted && isSecond);
    const accepted = outcome.case === 'accepted' ? outcome.value : isAccepted ? make('Accepted') : undefined;
    if (isTold) this.#untold.set(id.counter, { id, accepted, error, isSecond, ticket });
    if (isStored) out.push({ do: 'mark-answered', counter: id.counter });
    else this.onMarked(id.counter, out);
    this.forgetAnswered(now, out);
  }

  /** The queue knows that it is answered, or could not be told. */
  onMarked(counter: bigint, out: Out): void {
    const told = this.#untold.get(counter);
    if (told === undefined) return;
    this.#untold.delete(counter);
    const { id, accepted, error, isSecond, ticket } = told;
    if (error !== undefined && isSecond) out.tell({ kind: 'lost', id, error });
    else if (error !== undefined) out.tell({ kind: 'reply', id, error }, ticket);
    else if (accepted !== undefined) out.tell({ kind: 'reply', id, accepted }, ticket);
  }

  /** What was answered a minute ago is kept nowhere any more. */
  forgetAnswered(now: Moment, out: Out): void {
    const gone: bigint[] = [];
    let keptFrom = 0;
    for (const one of this.#answered) {
      const isOld = now.steady - one.at >= answeredKeptMs || this.#answered.length - keptFrom > answeredMax;
      if (!isOld) break;
      keptFrom += 1;
      if (one.isStored) gone.push(one.message.id?.counter ?? 0n);
    }
    if (keptFrom > 0) this.#answered = this.#answered.slice(keptFrom);
    if (gone.length > 0) out.push({ do: 'forget', counters: gone });
  }

  /** When the next one may be sent that was told to wait, by the steady clock. */
  nextAt(): number | undefined {
    let next: number | undefined;
    for (const waiting of this.#waiting.values()) {
      if (waiting.isInFlight || waiting.notBefore === 0) continue;
      if (next === undefined || waiting.notBefore < next) next = waiting.notBefore;
    }
    return next;
  }

  /** When the next answered one is to be forgotten, by the steady clock. */
  forgetAt(): number | undefined {
    const first = this.#answered[0];
    return first === undefined ? undefined : first.at + answeredKeptMs + gatherMs;
  }
}

function read(bytes: Uint8Array): Command | undefined {
  try {
    return decode('Command', bytes);
  } catch {
    return undefined;
  }
}
