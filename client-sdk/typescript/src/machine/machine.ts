// The client's side of the conversation as a machine: bytes, times and wishes go in, actions come out. No socket, no
// clock, no storage. SPEC.md, part 2.
import type {
  Challenge, ClientMessage, Command, Fix, Item, Position, ServerError, Welcome,
} from '../gen/messages.js';
import { decode, encode, make } from '../wire/binary.js';
import { Out, type Action, type KeptCommand, type Moment } from './actions.js';
import { Backoff } from './backoff.js';
import { ServerClock } from './clock.js';
import { CommandQueue } from './command_queue.js';
import type { StateEvent } from './events.js';
import { Feeds, type Session } from './feeds.js';
import { Marks } from './marks.js';
import { Requests } from './requests.js';
import {
  closesForGood, dialDeadlineMs, greetingDeadlineMs, leastDeadAfterMs, lookAtClocksMs, mayComeBeforeWelcome,
  messageBytesMax, protocol, usualDeadAfterMs, wellAfterMs,
} from './rules.js';
import type { MachineSettings } from './settings.js';
import type { Subscription } from './subscription.js';
import { Tokens } from './tokens.js';

type Link = 'idle' | 'asking' | 'dialling' | 'greeting' | 'online' | 'waiting' | 'stopped';

export class Machine implements Session {
  readonly #settings: MachineSettings;
  readonly #backoff: Backoff;
  readonly #clock: ServerClock;
  readonly #tokens: Tokens;
  readonly #commands: CommandQueue;
  readonly #feeds: Feeds;
  readonly #marks: Marks;
  readonly #requests = new Requests();

  #link: Link = 'idle';
  /** Of dialling and greeting; of waiting: when to try again. By the steady clock. */
  #deadline = 0;
  #heardAt = 0;
  #saidAt = 0;
  #onlineSince = 0;
  #deadAfterMs = usualDeadAfterMs;
  #drainMs: number | undefined;
  #lastError: ServerError | undefined;
  #connection = 0;
  #nonce = 0n;
  #isScreenOff = false;
  #lookedAt = 0;

  constructor(settings: MachineSettings) {
    this.#settings = settings;
    this.#backoff = new Backoff(settings.retryFirstMs, settings.retryMostMs, settings.random);
    this.#clock = new ServerClock(settings.offsetMs);
    this.#tokens = new Tokens(settings.token, settings.hasProvider);
    this.#commands = new CommandQueue({
      device: settings.device, counter: settings.counter, waitingMax: settings.commandsWaiting, isStored: settings.isStored,
    }, this.#clock);
    this.#marks = new Marks(this.#commands);
    this.#feeds = new Feeds(this);
  }

  // ---- wishes of the app --------------------------------------------------------------------------

  /** Before all else: what another run of this app left in the queue. */
  restore(records: readonly KeptCommand[], now: Moment): Action[] {
    return this.#act(now, (out) => this.#commands.restore(records, out));
  }

  connect(now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (this.isAtRest) this.#begin(now, out);
    });
  }

  close(now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (this.#link === 'stopped') return;
      out.push({ do: 'hang-up' });
      this.#stop('closed by the app', undefined, out);
    });
  }

  drop(now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (!this.isAtRest && this.#link !== 'waiting') this.dropAndWait('dropped by the app', now, out);
    });
  }

  /** `folded`: the state at `resume`, as bytes of the snapshot message. */
  subscribe(name: string, resume: Position | undefined, now: Moment, folded?: Uint8Array): Action[] {
    return this.#act(now, (out) => this.#feeds.subscribe(name, resume, now, out, folded));
  }

  unsubscribe(name: string, now: Moment): Action[] {
    return this.#act(now, (out) => {
      this.#marks.forget(name);
      this.#feeds.unsubscribe(name, now, out);
    });
  }

  /** `ticket`: comes back with `kept` and `reply`. */
  command(log: string, body: Command['body'], minLevel: Command['minLevel'], now: Moment, ticket: number): Action[] {
    return this.#act(now, (out) => {
      if (this.#commands.add(log, body, minLevel, now, out, ticket)) return this.#sendCommands(now, out);
      const message = this.#settings.device === 0n
        ? 'This client has no device: give it one, or a queue.'
        : 'Too many commands wait for an answer: try again later.';
      const error = make('Error', { code: 'UNAVAILABLE', message, retryAfterMs: 1_000 });
      out.tell({ kind: 'kept', id: make('CommandId'), durable: false }, ticket);
      out.tell({ kind: 'reply', id: make('CommandId'), error }, ticket);
    });
  }

  /** The queue has written what `keep` named, or could not. */
  onKept(counter: bigint, isWell: boolean, now: Moment): Action[] {
    return this.#act(now, (out) => {
      this.#commands.onKept(counter, isWell, out);
      this.#sendCommands(now, out);
    });
  }

  /** The queue knows that it was answered, or could not be told. */
  onMarked(counter: bigint, now: Moment): Action[] {
    return this.#act(now, (out) => this.#commands.onMarked(counter, out));
  }

  screen(isOff: boolean, now: Moment): Action[] {
    return this.#act(now, (out) => {
      this.#isScreenOff = isOff;
      if (this.isOnline) this.#sayScreen(now, out);
    });
  }

  /** Dropped when not online: where somebody was a minute ago helps nobody. */
  reportPosition(march: string, fixes: Fix[], now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (!this.isOnline || fixes.length === 0) return;
      this.send({ case: 'reportPosition', value: make('ReportPosition', { march, fixes }) }, now, out);
    });
  }

  /** Answered once, by the server or from here. */
  request(request: bigint, wish: ClientMessage['message'] & { case: 'getHistory' | 'readAccess' }, now: Moment): Action[] {
    return this.#act(now, (out) => {
      const kind = wish.case === 'getHistory' ? 'history' : 'access';
      const offline = 'There is no connection now: ask again when online.';
      if (!this.isOnline) return this.#requests.refuse(request, kind, offline, out);
      this.#requests.asked(request, kind);
      this.send(wish, now, out);
    });
  }

  /** The answer to `ask-token`; empty when the app has none now. `expiresAtMs`: by the server's clock; 0: unknown. */
  onToken(ask: number, token: string, expiresAtMs: number, now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (!this.#tokens.take(ask, token, expiresAtMs, now)) return; // too late, or given twice
      if (this.#link === 'asking') {
        if (token === '') this.#wait('the app has no token now', now, out);
        else this.#dial(now, out);
      } else if (this.#link === 'online' && token !== '') {
        this.send({ case: 'prove', value: make('Prove', { token }) }, now, out);
      }
    });
  }

  /** The answer to `sign`: 64 bytes, or `undefined` where the key could not. */
  onSignature(ask: number, signature: Uint8Array | undefined, now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (ask !== this.#connection) return; // of a connection that is over
      if (this.#link === 'greeting') {
        if (signature === undefined) this.dropAndWait('the device has not signed', now, out);
        else this.#sayHello(signature, now, out);
      } else if (this.#link === 'online' && signature !== undefined) {
        this.send({ case: 'prove', value: make('Prove', { signature }) }, now, out);
      }
    });
  }

  // ---- from the socket ----------------------------------------------------------------------------

  onConnected(now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (this.#link !== 'dialling') return;
      this.#link = 'greeting';
      this.#deadline = now.steady + greetingDeadlineMs;
      this.#heardAt = now.steady;
      // A token that is bound to a device waits for what is to be signed.
      if (!this.#settings.signs) this.#sayHello(new Uint8Array(0), now, out);
    });
  }

  onMessage(bytes: Uint8Array, now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (!this.#isTalking) return;
      this.#heardAt = now.steady;
      if (bytes.length > messageBytesMax) return this.#badMessage('a message of more than 64 KB', now, out);
      let items: Item[];
      try {
        items = decode('ServerMessage', bytes).items;
      } catch {
        return this.#badMessage('something that is no message', now, out);
      }
      for (const item of items) {
        this.#onItem(item, now, out);
        // Given up in the middle of a message: what stands behind belongs to a conversation that is over.
        if (!this.#isTalking) break;
      }
    });
  }

  /** No message at all: a text, a frame too large, a broken one. */
  onGarbage(what: string, now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (this.#isTalking) this.#badMessage(what, now, out);
    });
  }

  /** The other side lives: a ping or pong of the WebSocket. */
  onHeard(now: Moment): Action[] {
    return this.#act(now, () => (this.#heardAt = now.steady));
  }

  /** The upgrade was answered by this HTTP status. */
  onRefused(status: number, now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (this.#link !== 'dialling') return;
      const reason = `the upgrade to a WebSocket was answered by HTTP ${status}`;
      if (status >= 400 && status < 500 && status !== 429) this.#stop(reason, undefined, out);
      else this.#wait(reason, now, out);
    });
  }

  /** `code` 0: the network; else the close frame's. */
  onClosed(code: number, reason: string, now: Moment): Action[] {
    return this.#act(now, (out) => {
      if (this.#link !== 'dialling' && !this.#isTalking) return;
      const why = reason === '' ? `closed by the server with ${code}` : reason;
      if (closesForGood(code) && !this.#helpsItself(code)) this.#stop(why, this.#lastError, out);
      else this.#wait(why, now, out, closesForGood(code) ? 0 : this.#lastError?.retryAfterMs ?? 0);
    });
  }

  onTick(now: Moment): Action[] {
    return this.#act(now, (out) => {
      this.#commands.forgetAnswered(now, out);
      switch (this.#link) {
        case 'idle':
        case 'stopped': break;
        case 'waiting':
          if (now.steady >= this.#deadline) this.#begin(now, out);
          break;
        case 'asking':
          if (this.#tokens.isLate(now)) this.#wait('the app gave no token in time', now, out);
          break;
        case 'dialling':
        case 'greeting':
          if (now.steady >= this.#deadline) this.dropAndWait('no answer', now, out);
          break;
        case 'online': this.#tickOnline(now, out);
      }
    });
  }

  /** When onTick is due, by the steady clock; `undefined`: never. */
  nextTick(): number | undefined {
    const times = [this.#commands.forgetAt()];
    switch (this.#link) {
      case 'idle':
      case 'stopped': break;
      case 'asking': times.push(this.#tokens.lateAt()); break;
      case 'waiting':
      case 'dialling':
      case 'greeting': times.push(this.#deadline); break;
      case 'online':
        times.push(
          this.#heardAt + this.#deadAfterMs, this.#saidAt + this.#deadAfterMs / 2, this.#lookedAt + lookAtClocksMs,
          this.#commands.nextAt(), this.#feeds.nextAt(), this.#tokens.renewAt(this.#clock), this.#tokens.lateAt(),
        );
    }
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  // ---- what it knows ------------------------------------------------------------------------------

  get isOnline(): boolean {
    return this.#link === 'online';
  }
  /** Not connected, and not about to be. */
  get isAtRest(): boolean {
    return this.#link === 'idle' || this.#link === 'stopped';
  }
  get unanswered(): number {
    return this.#commands.size;
  }
  get counter(): bigint {
    return this.#commands.counter;
  }
  /** 0 before the first `welcome`. */
  serverTime(now: Moment): number {
    return this.#clock.at(now);
  }
  subscription(name: string): Subscription | undefined {
    return this.#feeds.get(name);
  }

  // ---- the connection -----------------------------------------------------------------------------

  /** Each input looks at the clocks as well: where they drifted apart the server is asked what time it is. */
  #act(now: Moment, act: (out: Out) => unknown): Action[] {
    const out = new Out();
    this.#lookedAt = now.steady;
    const hasDrifted = this.#clock.hasDrifted(now);
    act(out);
    if (hasDrifted && this.isOnline) this.#ping(now, out);
    return out.actions;
  }

  get #isTalking(): boolean {
    return this.#link === 'greeting' || this.#link === 'online';
  }

  #begin(now: Moment, out: Out): void {
    this.#tellState({ state: 'connecting' }, out);
    if (!this.#tokens.hasProvider) return this.#dial(now, out);
    this.#link = 'asking';
    this.#tokens.ask(now, out);
  }

  #dial(now: Moment, out: Out): void {
    this.#link = 'dialling';
    this.#connection += 1;
    this.#deadline = now.steady + dialDeadlineMs;
    out.push({ do: 'dial' });
  }

  send(message: ClientMessage['message'], now: Moment, out: Out): void {
    this.#saidAt = now.steady;
    out.push({ do: 'send', bytes: encode('ClientMessage', make('ClientMessage', { message })) });
  }

  dropAndWait(reason: string, now: Moment, out: Out): void {
    out.push({ do: 'drop' });
    this.#wait(reason, now, out);
  }

  #wait(reason: string, now: Moment, out: Out, leastMs = 0): void {
    if (this.isOnline && now.steady - this.#onlineSince >= wellAfterMs) this.#backoff.reset();
    const drawn = this.#drainMs === undefined ? this.#backoff.next() : this.#backoff.after(this.#drainMs);
    const retryInMs = Math.max(drawn, leastMs);
    this.#link = 'waiting';
    this.#deadline = now.steady + retryInMs;
    this.#endConnection(out);
    this.#tellState({ state: 'waiting', retryInMs, reason }, out);
  }

  #stop(reason: string, error: ServerError | undefined, out: Out): void {
    this.#link = 'stopped';
    this.#endConnection(out);
    this.#tellState({ state: 'stopped', reason, ...(error === undefined ? {} : { error }) }, out);
  }

  #endConnection(out: Out): void {
    this.#drainMs = undefined;
    this.#lastError = undefined;
    this.#tokens.forgetAsk();
    this.#commands.lost();
    this.#requests.lost(out);
  }

  #tellState(said: Omit<StateEvent, 'kind'>, out: Out): void {
    out.tell({ kind: 'state', ...said });
  }

  #badMessage(what: string, now: Moment, out: Out): void {
    out.tell({ kind: 'fault', fault: 'BAD_MESSAGE', message: `The server sent ${what}.` });
    this.dropAndWait(`the server sent ${what}`, now, out);
  }

  /** The app has a newer token, or will have one. */
  #helpsItself(code: number): boolean {
    if (!this.#tokens.hasProvider) return false;
    if (this.#lastError?.code === 'EXPIRED') return true;
    const isUnknown = code === 4012 || this.#lastError?.code === 'UNAUTHENTICATED';
    return isUnknown && this.#tokens.mayTryAnother();
  }

  #tickOnline(now: Moment, out: Out): void {
    if (now.steady - this.#heardAt >= this.#deadAfterMs) {
      return this.dropAndWait(`nothing was heard for ${this.#deadAfterMs} ms`, now, out);
    }
    if (now.steady - this.#saidAt >= this.#deadAfterMs / 2) this.#ping(now, out);
    if (this.#tokens.isLate(now)) this.#tokens.forgetAsk();
    const renewAt = this.#tokens.renewAt(this.#clock);
    if (renewAt !== undefined && renewAt <= now.steady) this.#tokens.renew(now, out);
    this.#feeds.tick(now, out);
    this.#sendCommands(now, out);
  }

  #ping(now: Moment, out: Out): void {
    this.#nonce += 1n;
    this.send({ case: 'ping', value: make('Ping', { nonce: this.#nonce }) }, now, out);
  }

  // ---- what the server says -----------------------------------------------------------------------

  #onItem(item: Item, now: Moment, out: Out): void {
    const what = item.item;
    if (this.#link === 'greeting' && !mayComeBeforeWelcome(what.case)) {
      return this.#badMessage(`"${what.case}" before "welcome"`, now, out);
    }
    switch (what.case) {
      case 'welcome': this.#onWelcome(what.value, now, out); break;
      case 'subscribed': this.#feeds.onSubscribed(what.value); break;
      case 'unsubscribed': this.#feeds.onUnsubscribed(what.value, now, out); break;
      case 'reply':
        this.#commands.onReply(what.value, now, out);
        this.#sendCommands(now, out);
        break;
      case 'error':
        this.#lastError = what.value;
        out.tell({ kind: 'error', error: what.value });
        break;
      case 'pong': this.#setClock(what.value.serverTimeMs, now, undefined, out); break;
      case 'upTo': this.#feeds.onUpTo(what.value, now, out); break;
      case 'discontinuity': this.#feeds.onDiscontinuity(what.value, now, out); break;
      case 'skipped': {
        const feed = this.#feeds.get(what.value.feed);
        const { keys, fromMs, toMs } = what.value;
        if (feed !== undefined) out.tell({ kind: 'skipped', feed: feed.name, keys, fromMs, toMs });
        break;
      }
      case 'drain': this.#drainMs = what.value.delayMs; break;
      case 'snapshotPiece': this.#feeds.onPiece(what.value, now, out); break;
      case 'history':
      case 'access': this.#requests.onAnswer(what, out); break;
      case 'challenge': this.#onChallenge(what.value, out); break;
      default: this.#feeds.onItem(item, now, out); // an item of a feed, known or of a newer server
    }
  }

  #onWelcome(welcome: Welcome, now: Moment, out: Out): void {
    if (welcome.protocol !== protocol) {
      const message = `The server speaks version ${welcome.protocol} of the protocol, and this client ${protocol}.`;
      out.tell({ kind: 'fault', fault: 'WRONG_VERSION', message });
      out.push({ do: 'hang-up' });
      return this.#stop('the server speaks another version of the protocol', undefined, out);
    }
    if (this.#link !== 'greeting') return; // said twice
    this.#link = 'online';
    this.#onlineSince = now.steady;
    this.#tokens.welcomed();
    const deadAfterMs = welcome.limits?.deadAfterMs ?? 0;
    this.#deadAfterMs = deadAfterMs === 0 ? usualDeadAfterMs : Math.max(leastDeadAfterMs, deadAfterMs);
    this.#setClock(welcome.serverTimeMs, now, welcome.clockRate, out);
    this.#tellState({ state: 'online', welcome }, out);
    if (this.#isScreenOff) this.#sayScreen(now, out); // a hello counts as on
    this.#sendCommands(now, out);
  }

  #setClock(timeMs: number, now: Moment, rate: number | undefined, out: Out): void {
    this.#clock.set(timeMs, now, rate);
    if (this.#settings.isStored) out.push({ do: 'keep-offset', offsetMs: timeMs - now.wall });
  }

  /** The first one is answered in hello, later ones by themselves. */
  #onChallenge(challenge: Challenge, out: Out): void {
    if (!this.#settings.signs) return;
    out.push({ do: 'sign', ask: this.#connection, nonce: challenge.nonce, token: this.#tokens.token });
  }

  #sayHello(signature: Uint8Array, now: Moment, out: Out): void {
    const hello = make('Hello', {
      protocol, token: this.#tokens.token, client: this.#settings.name, device: this.#settings.device,
      subscribe: this.#feeds.askAll(), signature,
    });
    this.send({ case: 'hello', value: hello }, now, out);
  }

  #sayScreen(now: Moment, out: Out): void {
    this.send({ case: 'screen', value: make('Screen', { off: this.#isScreenOff }) }, now, out);
  }

  #sendCommands(now: Moment, out: Out): void {
    if (!this.isOnline) return;
    for (const command of this.#commands.due(now, out)) this.send({ case: 'command', value: command }, now, out);
  }

  // ---- what feeds need ----------------------------------------------------------------------------

  /** The server hears of it once, however often the feed is made whole again. */
  markDelivered(feed: Subscription, now: Moment, out: Out): void {
    this.#marks.mark(feed, now, out);
    this.#sendCommands(now, out);
  }

  historyChanged(log: string, now: Moment, out: Out): void {
    this.#commands.historyChanged(log, now, out);
    this.#sendCommands(now, out);
  }
}
