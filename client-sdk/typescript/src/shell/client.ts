// The shell around the machine: performs its actions, tells the app, keeps the timer.
import { messageOf, type FeedState } from '../fold/feed_fold.js';
import { marchOf, type March } from '../fold/march.js';
import type { Access, Command, History, Position, ServerError } from '../gen/messages.js';
import type { Action, Answer, Moment } from '../machine/actions.js';
import type { ClientEvent, FaultKind } from '../machine/events.js';
import { partsOf, type FeedName, type StateOf } from '../machine/feed_name.js';
import { Machine } from '../machine/machine.js';
import { encode, make } from '../wire/binary.js';
import { fromJson, toJson, type Json } from '../wire/json.js';
import type { CommandInit, EventOf, Kept, Reply, Sent } from './client_types.js';
import { loginText } from './device_key.js';
import { EventStream } from './event_stream.js';
import type { OpenedQueue, Queue } from './queue.js';
import type { ClientSettings, CommandOptions, FixInit, ResumeFrom } from './settings.js';
import type { Dial, Socket } from './socket.js';
import { randomDevice } from './web_crypto.js';

const commandBytesMax = 60_000; // below the 64 KB of a message
const timerMostMs = 0x7fffffff;

interface Pending {
  kept(value: Kept): void;
  reply(value: Reply): void;
}

/**
 * One connection to one server. Commands, feeds and what was folded outlive lost connections. No method throws because
 * of what the server or the network did; callbacks may call the client, and what they ask for is done behind what is
 * being told.
 */
export class Client {
  readonly #settings: ClientSettings;
  readonly #dial: Dial;
  readonly #callbacks = new Map<string, Set<(event: never) => void>>();
  readonly #streams = new Set<EventStream>();
  readonly #pending = new Map<number, Pending>();
  readonly #requests = new Map<bigint, (answer: Answer) => void>();
  readonly #actions: Action[] = [];
  #machine: Machine | undefined;
  #device = 0n;
  /** Wishes from before the queue was opened. */
  #deferred: (() => void)[] = [];
  #queue: Queue | undefined;
  #isQueueWell = true;
  #socket: Socket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tickets = 0;
  #asked = 0n;
  #isPerforming = false;

  /**
   * Nothing is connected until `connect`. A queue is opened at once; what is wished meanwhile is done behind that.
   * @param dial How this platform connects.
   */
  constructor(settings: ClientSettings, dial: Dial) {
    this.#settings = settings;
    this.#dial = settings.dial ?? dial;
    this.#queue = settings.queue;
    if (settings.queue === undefined) this.#begin(undefined);
    else void this.#openQueue(settings.queue);
  }

  // ---- the connection -----------------------------------------------------------------------------

  /** Begins to connect, and goes on until `close` or a refusal for good. Nothing where it does so already. */
  connect(): void {
    this.#wish((machine, now) => machine.connect(now));
  }
  /** Says goodbye; `stopped` follows. Unanswered commands stay unanswered, and in the queue. */
  close(): void {
    this.#wish((machine, now) => machine.close(now));
  }
  /** Closes, and lets go of the queue. The client is of no use behind it. */
  async end(): Promise<void> {
    this.close();
    clearTimeout(this.#timer);
    const queue = this.#queue;
    this.#queue = undefined;
    await queue?.close().catch(() => undefined);
  }
  /** As if the network went away: connecting begins anew. */
  drop(): void {
    this.#wish((machine, now) => machine.drop(now));
  }
  /** True between `welcome` and the end of that connection. */
  get isOnline(): boolean {
    return this.#machine?.isOnline ?? false;
  }
  /** The server's clock now, in milliseconds since 1970 UTC; 0 before the first `welcome`. */
  serverTime(): number {
    return this.#machine?.serverTime(this.#now()) ?? 0;
  }
  /** How many commands wait for their answer. */
  get unanswered(): number {
    return this.#machine?.unanswered ?? 0;
  }
  /** The device of this client's commands; 0: none, or the queue is not open yet. */
  get device(): bigint {
    return this.#device;
  }
  /** The last counter that this device used: to be kept for `ClientSettings.counter` by apps without a queue. */
  get counter(): bigint {
    return this.#machine?.counter ?? this.#settings.counter ?? 0n;
  }

  // ---- feeds --------------------------------------------------------------------------------------

  /**
   * Follows a feed, over all connections, until `unsubscribe` or `refused`.
   * @param resume From a position that the app kept: items come, the state does not, until a snapshot.
   * @param folded The state at that position, as `bytes` gave it: then the state is there at once.
   */
  subscribe(feed: FeedName, resume?: ResumeFrom, folded?: Uint8Array): void {
    const position = resume === undefined ? undefined : make('Position', resume);
    this.#wish((machine, now) => machine.subscribe(feed, position, now, folded));
  }
  /** Ends that. What was folded of it is gone. */
  unsubscribe(feed: FeedName): void {
    this.#wish((machine, now) => machine.unsubscribe(feed, now));
  }
  /**
   * What the feed folds to: the snapshot message of its kind. `undefined` before it is whole. It is the client's own and
   * changes with the next item: read it, and copy (`structuredClone`) what is to stay.
   */
  state<Name extends FeedName>(feed: Name): Readonly<StateOf<Name>> | undefined {
    const found = this.#machine?.subscription(feed);
    return found?.fold.state(found.position) as StateOf<Name> | undefined;
  }
  /** The same as one shape for public, ops and marshal feeds: a copy, to be kept. `undefined` of rows, too. */
  march(feed: FeedName): March | undefined {
    const state = this.state(feed);
    const kind = partsOf(feed)?.kind;
    return state === undefined || kind === undefined ? undefined : marchOf(kind, state);
  }
  /** The state in the Protobuf JSON mapping; `undefined` before it is whole. */
  json(feed: FeedName): Json | undefined {
    const state = this.state(feed) as FeedState | undefined;
    const kind = partsOf(feed)?.kind;
    return state === undefined || kind === undefined ? undefined : toJson(messageOf(kind), state);
  }
  /** The state as bytes of its message: to be kept with `position`, for `subscribe`. `undefined` before it is whole. */
  bytes(feed: FeedName): Uint8Array<ArrayBuffer> | undefined {
    const found = this.#machine?.subscription(feed);
    return found?.fold.bytes(found.position);
  }
  /** Where the feed stands; `undefined` before its first position, and of rows. */
  position(feed: FeedName): Position | undefined {
    const position = this.#machine?.subscription(feed)?.position;
    return position === undefined ? undefined : { ...position };
  }

  // ---- what the app says --------------------------------------------------------------------------

  /**
   * Sends a command until it is answered, with the same id: it is done once.
   * @param log `CAMPAIGN/MARCH`, or `CAMPAIGN` for its own commands.
   */
  command(log: string, body: CommandInit, options: CommandOptions = {}): Sent {
    let settle: Pending = { kept: () => undefined, reply: () => undefined };
    const sent: Sent = {
      kept: new Promise((resolve) => (settle = { ...settle, kept: resolve })),
      reply: new Promise((resolve) => (settle = { ...settle, reply: resolve })),
    };
    const made = readCommand(body);
    if (typeof made === 'string') {
      this.#refuse(settle, make('Error', { code: 'INVALID_ARGUMENT', message: made }));
    } else if (encode('Command', make('Command', { body: made })).length > commandBytesMax) {
      this.#refuse(settle, make('Error', { code: 'TOO_LARGE', message: 'A command has at most 60 KB.' }));
    } else {
      const ticket = ++this.#tickets;
      this.#pending.set(ticket, settle);
      this.#wish((machine, now) => machine.command(log, made, options.minLevel ?? 'LEVEL_NONE', now, ticket));
    }
    return sent;
  }
  /** Staff: where this phone is. Dropped when not online, never stored here. @param march `CAMPAIGN/MARCH` */
  reportPosition(march: string, fixes: readonly FixInit[]): void {
    const wire = fixes.map((fix) => make('Fix', {
      at: make('LatLon', { latE7: Math.round(fix.lat * 1e7), lonE7: Math.round(fix.lon * 1e7) }),
      accuracyMetres: Math.max(0, Math.round(fix.accuracyMetres)), fixAtMs: Math.trunc(fix.atMs),
    }));
    this.#wish((machine, now) => machine.reportPosition(march, wire, now));
  }
  /** Staff: this device's screen went off, or on again: silence of a phone in a pocket is no alarm. */
  screen(isOff: boolean): void {
    this.#wish((machine, now) => machine.screen(isOff, now));
  }
  /**
   * Older items of a feed, oldest first. Never rejects: `error` says why there are none.
   * @param from The `seq` to begin with. @param limit At most 500.
   */
  history(feed: FeedName, from: bigint, limit: number): Promise<History> {
    const request = ++this.#asked;
    const value = make('GetHistory', { request, feed, from, limit });
    this.#wish((machine, now) => machine.request(request, { case: 'getHistory', value }, now));
    return new Promise((resolve) => {
      this.#requests.set(request, (answer) => resolve(answer.case === 'history' ? answer.value : make('History')));
    });
  }
  /**
   * Leads: who may get in. Never rejects: `error` says why nothing is told.
   * @param log `CAMPAIGN/MARCH`, or `CAMPAIGN` for its desk. @param from A person; 0 for the first.
   */
  access(log: string, from = 0n): Promise<Access> {
    const request = ++this.#asked;
    const value = make('ReadAccess', { request, log, from });
    this.#wish((machine, now) => machine.request(request, { case: 'readAccess', value }, now));
    return new Promise((resolve) => {
      this.#requests.set(request, (answer) => resolve(answer.case === 'access' ? answer.value : make('Access')));
    });
  }

  // ---- what the app hears -------------------------------------------------------------------------

  /**
   * From now on `callback` hears events of this kind, in order. One that throws, or rejects, is told as a fault.
   * @returns ends it.
   */
  on<Kind extends ClientEvent['kind']>(kind: Kind, callback: (event: EventOf<Kind>) => unknown): () => void {
    const of = this.#callbacks.get(kind) ?? new Set();
    this.#callbacks.set(kind, of);
    of.add(callback);
    return () => of.delete(callback);
  }
  /**
   * Events from now on, for `for await`, of one feed or of all; ends with `stopped`. At most 10 000 wait for a slow loop;
   * what is beyond is left out, and a fault says how many.
   */
  events(feed?: FeedName): AsyncIterableIterator<ClientEvent> {
    const wants = (event: ClientEvent): boolean => {
      const isState = event.kind === 'state' && event.state === 'stopped';
      return feed === undefined || isState || ('feed' in event && event.feed === feed);
    };
    const stream = new EventStream(wants, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream;
  }

  // ---- inside -------------------------------------------------------------------------------------

  #now(): Moment {
    return { steady: performance.now(), wall: Date.now() };
  }

  async #openQueue(queue: Queue): Promise<void> {
    let opened: OpenedQueue | undefined;
    let problem = '';
    try {
      opened = await queue.open(this.#settings.device, this.#settings.counter ?? 0n);
      problem = opened.problem ?? '';
    } catch (error) {
      problem = sentenceOf(error);
      this.#queue = undefined;
    }
    this.#begin(opened);
    if (problem !== '') this.#fault('STORAGE', problem);
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const wish of deferred) wish();
  }

  #begin(opened: OpenedQueue | undefined): void {
    const { token, retryFirstMs = 500, retryMostMs = 30_000, commandsWaiting = 1_000 } = this.#settings;
    const isLeft = this.#settings.queue !== undefined && opened === undefined;
    this.#device = opened?.device ?? this.#settings.device ?? (isLeft ? randomDevice() : 0n);
    const now = this.#now();
    this.#machine = new Machine({
      token: typeof token === 'string' ? token : '', hasProvider: typeof token === 'function',
      signs: this.#settings.key !== undefined, device: this.#device,
      counter: opened?.counter ?? this.#settings.counter ?? 0n, name: this.#settings.name ?? 'marchwire-ts/0.1',
      retryFirstMs, retryMostMs, commandsWaiting, isStored: opened !== undefined, offsetMs: opened?.offsetMs,
      random: Math.random,
    });
    if (opened !== undefined) this.#perform(this.#machine.restore(opened.commands, now));
  }

  #wish(wish: (machine: Machine, now: Moment) => Action[]): void {
    const machine = this.#machine;
    if (machine === undefined) this.#deferred.push(() => this.#wish(wish));
    else this.#perform(wish(machine, this.#now()));
  }

  /** In order, also when a callback asks for more. */
  #perform(actions: readonly Action[]): void {
    this.#actions.push(...actions);
    if (this.#isPerforming) return;
    this.#isPerforming = true;
    for (let at = 0; at < this.#actions.length; ++at) {
      const action = this.#actions[at];
      if (action !== undefined) this.#do(action);
    }
    this.#actions.length = 0;
    this.#isPerforming = false;
    this.#setTimer();
  }

  #do(action: Action): void {
    switch (action.do) {
      case 'dial': this.#connect(); break;
      case 'send': this.#socket?.send(action.bytes); break;
      case 'hang-up':
        this.#socket?.hangUp();
        this.#socket = undefined;
        break;
      case 'drop':
        this.#socket?.drop();
        this.#socket = undefined;
        break;
      case 'ask-token': void this.#askToken(action.ask); break;
      case 'sign': void this.#sign(action.ask, action.nonce, action.token); break;
      case 'keep': {
        const { counter, command } = action;
        this.#store((queue) => queue.keep(counter, command), (isWell) => {
          this.#wish((machine, now) => machine.onKept(counter, isWell, now));
        });
        break;
      }
      case 'mark-answered': {
        const { counter } = action;
        this.#store((queue) => queue.markAnswered(counter), () => {
          this.#wish((machine, now) => machine.onMarked(counter, now));
        });
        break;
      }
      case 'forget': this.#store((queue) => queue.forget(action.counters)); break;
      case 'keep-offset': this.#store((queue) => queue.keepOffset(action.offsetMs)); break;
      case 'answer': {
        const answer = this.#requests.get(action.request);
        this.#requests.delete(action.request);
        answer?.(action.answer);
        break;
      }
      case 'tell': this.#tell(action.event, action.ticket); break;
    }
  }

  #connect(): void {
    const isOurs = (): boolean => this.#socket === socket;
    const say = (act: (machine: Machine, now: Moment) => Action[]) => {
      if (isOurs()) this.#wish(act);
    };
    const socket = this.#dial(this.#settings.url, {
      connected: () => say((machine, now) => machine.onConnected(now)),
      refused: (status) => say((machine, now) => machine.onRefused(status, now)),
      message: (bytes) => say((machine, now) => machine.onMessage(bytes, now)),
      garbage: (what) => say((machine, now) => machine.onGarbage(what, now)),
      heard: () => say((machine, now) => machine.onHeard(now)),
      closed: (code, reason) => say((machine, now) => machine.onClosed(code, reason, now)),
    });
    this.#socket = socket;
  }

  async #askToken(ask: number): Promise<void> {
    let answer: Awaited<ReturnType<Exclude<ClientSettings['token'], string | undefined>>> = '';
    try {
      if (typeof this.#settings.token === 'function') answer = await this.#settings.token();
    } catch (error) {
      this.#fault('CALLBACK', `The token provider threw: ${sentenceOf(error)}`);
    }
    const { token, expiresAtMs = 0 } = typeof answer === 'string' ? { token: answer } : answer;
    this.#wish((machine, now) => machine.onToken(ask, String(token ?? ''), Number(expiresAtMs) || 0, now));
  }

  async #sign(ask: number, nonce: Uint8Array, token: string): Promise<void> {
    let signature: Uint8Array | undefined;
    try {
      signature = await this.#settings.key?.sign(await loginText(nonce, token));
    } catch (error) {
      this.#fault('CALLBACK', `The device's key has not signed: ${sentenceOf(error)}`);
    }
    this.#wish((machine, now) => machine.onSignature(ask, signature, now));
  }

  /** Trouble is told once, until something works again. */
  #store(work: (queue: Queue) => Promise<void>, done: (isWell: boolean) => void = () => undefined): void {
    const queue = this.#queue;
    if (queue === undefined) return done(false);
    work(queue).then(() => {
      this.#isQueueWell = true;
      done(true);
    }, (error: unknown) => {
      if (this.#isQueueWell) this.#fault('STORAGE', sentenceOf(error));
      this.#isQueueWell = false;
      done(false);
    });
  }

  #fault(fault: FaultKind, message: string): void {
    this.#perform([{ do: 'tell', event: { kind: 'fault', fault, message }, ticket: 0 }]);
  }

  #refuse(settle: Pending, error: ServerError): void {
    const id = make('CommandId');
    const ticket = ++this.#tickets;
    this.#pending.set(ticket, settle);
    this.#perform([
      { do: 'tell', event: { kind: 'kept', id, durable: false }, ticket },
      { do: 'tell', event: { kind: 'reply', id, error }, ticket },
    ]);
  }

  #tell(event: ClientEvent, ticket: number): void {
    const pending = this.#pending.get(ticket);
    if (event.kind === 'kept') pending?.kept({ id: event.id, durable: event.durable });
    if (event.kind === 'reply') {
      this.#pending.delete(ticket);
      const { kind: _, ...reply } = event;
      pending?.reply(reply);
    }
    for (const stream of [...this.#streams]) stream.put(event);
    for (const callback of [...(this.#callbacks.get(event.kind) ?? [])]) this.#call(callback, event);
  }

  #call(callback: (event: never) => unknown, event: ClientEvent): void {
    // A callback for faults that throws would be told of itself for ever.
    const faultOf = (error: unknown): ClientEvent | undefined => event.kind === 'fault' ? undefined
      : { kind: 'fault', fault: 'CALLBACK', message: `A callback for "${event.kind}" threw: ${sentenceOf(error)}` };
    try {
      const result = callback(event as never);
      if (!(result instanceof Promise)) return;
      result.catch((error: unknown) => {
        const fault = faultOf(error);
        if (fault !== undefined) this.#perform([{ do: 'tell', event: fault, ticket: 0 }]);
      });
    } catch (error) {
      const fault = faultOf(error);
      if (fault !== undefined) this.#tell(fault, 0);
    }
  }

  #setTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const at = this.#machine?.nextTick();
    if (at === undefined) return;
    const inMs = Math.min(timerMostMs, Math.max(0, Math.ceil(at - performance.now())));
    const timer = setTimeout(() => this.#wish((machine, now) => machine.onTick(now)), inMs);
    this.#timer = timer;
    // What is left to forget is no reason for Node to go on.
    if (this.#machine?.isAtRest === true && typeof timer === 'object') timer.unref();
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'something that is no error was thrown';
}

/** A text: what is wrong with it. */
function readCommand(body: CommandInit): Command['body'] | string {
  try {
    const command = fromJson('Command', body);
    return command.body.case === undefined ? 'A command is one name, and what belongs to it.' : command.body;
  } catch (error) {
    return sentenceOf(error);
  }
}
