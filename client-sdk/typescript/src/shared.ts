// Several tabs of one page share one connection: Web Locks choose who has it, a BroadcastChannel carries wishes there and
// events back. When that tab closes another goes on from where it stood.
import { FeedFold, isKeyed, messageOf, type FeedState } from './fold/feed_fold.js';
import { marchOf, type March } from './fold/march.js';
import type { CommandId, Position } from './gen/messages.js';
import type { ClientEvent } from './machine/events.js';
import { partsOf, type FeedName, type FeedParts, type StateOf } from './machine/feed_name.js';
import { Client } from './shell/client.js';
import type { CommandInit, EventOf, Reply, Sent } from './shell/client_types.js';
import { dialBrowser } from './shell/browser_socket.js';
import type { ClientSettings, CommandOptions } from './shell/settings.js';
import { toJson, type Json } from './wire/json.js';

/** What of Web Locks is used; `navigator.locks` is one. */
export interface Locks {
  /** Calls back when the lock of this name is free, and holds it until the promise of the callback ends. */
  request(name: string, callback: () => Promise<void>): Promise<unknown>;
}
/** As for `Client`; functions and keys in it are those of the tab that leads. */
export interface SharedSettings extends ClientSettings {
  /** Tabs that say the same share a connection; `marchwire` where left out. */
  share?: string;
  /** Left out: the browser's. */
  locks?: Locks;
}

/** What tabs say to the one that leads. */
type Wish =
  | { wish: 'hello'; tab: string }
  | { wish: 'follow' | 'leave' | 'whole'; tab: string; feed: FeedName }
  | { wish: 'command'; tab: string; ticket: number; log: string; body: CommandInit; options: CommandOptions };
/** What the one that leads says: to one tab, or to all. */
type Word =
  | { word: 'leads' }
  | { word: 'event'; to: string | undefined; event: ClientEvent }
  | { word: 'whole'; to: string | undefined; feed: FeedName; bytes: Uint8Array; position: Position | undefined }
  | { word: 'kept'; to: string; ticket: number; id: CommandId; durable: boolean }
  | { word: 'reply'; to: string; ticket: number; reply: Reply };

/** A feed as a tab holds it. */
class Mirror {
  readonly parts: FeedParts;
  readonly fold: FeedFold;
  position: Position | undefined;

  constructor(parts: FeedParts) {
    this.parts = parts;
    this.fold = new FeedFold(parts.kind);
  }

  /** `again`: an item before it is missing, ask for the whole. */
  apply(event: EventOf<'item'>): 'told' | 'known' | 'again' {
    const { position, prev } = event.item;
    if (position !== undefined && !isKeyed(this.parts.kind)) {
      if (this.position === undefined) return this.fold.isWhole ? 'known' : 'told';
      if (position.seq <= this.position.seq) return 'known';
      if (prev > this.position.seq) return 'again';
      this.position = position;
    }
    this.fold.apply(event.item);
    return 'told';
  }
}

interface Waiting {
  readonly wish: Wish & { wish: 'command' };
  id: CommandId | undefined;
  readonly kept: (value: { id: CommandId; durable: boolean }) => void;
  readonly reply: (value: Reply) => void;
}

/**
 * A client that shares its connection with the other tabs of its origin. Give it an `IndexedDbQueue`: then commands go
 * over from tab to tab as well. A command whose tab's leader dies within the same few milliseconds may be sent twice, under
 * two ids.
 */
export class SharedClient {
  readonly #settings: SharedSettings;
  readonly #name: string;
  readonly #tab = crypto.randomUUID();
  readonly #channel: BroadcastChannel;
  readonly #locks: Locks;
  readonly #mirrors = new Map<FeedName, Mirror>();
  readonly #callbacks = new Map<string, Set<(event: never) => unknown>>();
  readonly #waiting = new Map<number, Waiting>();
  readonly #letGo: (() => void)[] = [];
  #leader: Leader | undefined;
  #state: EventOf<'state'> = { kind: 'state', state: 'connecting' };
  #tickets = 0;
  #isClosed = false;

  /** Connects at once, or listens to the tab that has. */
  constructor(settings: SharedSettings) {
    this.#settings = settings;
    this.#name = `marchwire:${settings.share ?? 'marchwire'}`;
    this.#locks = settings.locks ?? navigator.locks;
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }: MessageEvent<Wish | Word>) => this.#take(data);
    // Whoever leads waits for this lock, and so learns that this tab is gone.
    this.#hold(`${this.#name}:${this.#tab}`, () => this.#wish({ wish: 'hello', tab: this.#tab }));
    this.#hold(this.#name, () => this.#lead());
  }

  /** True where this tab has the connection. */
  get isLeader(): boolean {
    return this.#leader !== undefined;
  }
  /** True while the shared connection is online. */
  get isOnline(): boolean {
    return this.#state.state === 'online';
  }
  /** Follows a feed; see `Client.subscribe`. */
  subscribe(feed: FeedName): void {
    const parts = partsOf(feed);
    if (parts === undefined || this.#mirrors.has(feed)) return;
    this.#mirrors.set(feed, new Mirror(parts));
    this.#wish({ wish: 'follow', tab: this.#tab, feed });
  }
  /** Ends that for this tab; other tabs go on. */
  unsubscribe(feed: FeedName): void {
    if (this.#mirrors.delete(feed)) this.#wish({ wish: 'leave', tab: this.#tab, feed });
  }
  /** See `Client.state`. */
  state<Name extends FeedName>(feed: Name): Readonly<StateOf<Name>> | undefined {
    const mirror = this.#mirrors.get(feed);
    return mirror?.fold.state(mirror.position) as StateOf<Name> | undefined;
  }
  /** See `Client.march`. */
  march(feed: FeedName): March | undefined {
    const state = this.state(feed);
    const kind = this.#mirrors.get(feed)?.parts.kind;
    return state === undefined || kind === undefined ? undefined : marchOf(kind, state);
  }
  /** See `Client.json`. */
  json(feed: FeedName): Json | undefined {
    const state = this.state(feed) as FeedState | undefined;
    const kind = this.#mirrors.get(feed)?.parts.kind;
    return state === undefined || kind === undefined ? undefined : toJson(messageOf(kind), state);
  }
  /** See `Client.command`. */
  command(log: string, body: CommandInit, options: CommandOptions = {}): Sent {
    const ticket = ++this.#tickets;
    const wish = { wish: 'command' as const, tab: this.#tab, ticket, log, body, options };
    const kept = promised<{ id: CommandId; durable: boolean }>();
    const reply = promised<Reply>();
    this.#waiting.set(ticket, { wish, id: undefined, kept: kept.resolve, reply: reply.resolve });
    this.#wish(wish);
    return { kept: kept.promise, reply: reply.promise };
  }
  /** See `Client.on`. Events of feeds that this tab does not follow are not told. */
  on<Kind extends ClientEvent['kind']>(kind: Kind, callback: (event: EventOf<Kind>) => unknown): () => void {
    const of = this.#callbacks.get(kind) ?? new Set();
    this.#callbacks.set(kind, of);
    of.add(callback);
    return () => of.delete(callback);
  }
  /** Leaves; where this tab had the connection another one takes over. The client is of no use behind it. */
  close(): void {
    this.#isClosed = true;
    this.#leader?.end();
    this.#leader = undefined;
    for (const letGo of this.#letGo) letGo();
    this.#channel.close();
  }

  // ---- inside -------------------------------------------------------------------------------------

  #hold(name: string, act: () => void): void {
    void this.#locks.request(name, () => {
      if (this.#isClosed) return Promise.resolve();
      act();
      return new Promise<void>((resolve) => this.#letGo.push(resolve));
    });
  }

  #lead(): void {
    const folded = [...this.#mirrors].map(([feed, { fold, position }]) => ({
      feed, position, bytes: isKeyed(fold.kind) ? undefined : fold.bytes(position),
    }));
    const say = (word: Word): void => {
      if (this.#isClosed) return;
      this.#channel.postMessage(word);
      this.#hear(word);
    };
    this.#leader = new Leader(this.#settings, say, (tab, gone) => {
      if (tab !== this.#tab) void this.#locks.request(`${this.#name}:${tab}`, () => Promise.resolve(gone()));
    });
    for (const { feed, position, bytes } of folded) this.#leader.goOn(this.#tab, feed, position, bytes);
    say({ word: 'leads' });
  }

  /** To whoever leads; where nobody does yet it is said again when somebody does. */
  #wish(wish: Wish): void {
    if (this.#leader !== undefined) this.#leader.take(wish);
    else if (!this.#isClosed) this.#channel.postMessage(wish);
  }

  #take(said: Wish | Word): void {
    if ('wish' in said) this.#leader?.take(said);
    else this.#hear(said);
  }

  #hear(word: Word): void {
    if ('to' in word && word.to !== undefined && word.to !== this.#tab) return;
    switch (word.word) {
      case 'leads':
        this.#state = { kind: 'state', state: 'connecting' }; // said by its client as well
        this.#sayAll();
        break;
      case 'event': this.#hearEvent(word.event); break;
      case 'whole': this.#hearWhole(word.feed, word.bytes, word.position); break;
      case 'kept': {
        const waiting = this.#waiting.get(word.ticket);
        if (waiting === undefined) break;
        waiting.id = word.id;
        waiting.kept({ id: word.id, durable: word.durable });
        break;
      }
      case 'reply': this.#answer(word.ticket, word.reply); break;
    }
  }

  /** Somebody else leads now: they hear what this tab wants. */
  #sayAll(): void {
    this.#wish({ wish: 'hello', tab: this.#tab });
    for (const feed of this.#mirrors.keys()) this.#wish({ wish: 'follow', tab: this.#tab, feed });
    for (const { wish, id } of this.#waiting.values()) if (id === undefined) this.#wish(wish);
  }

  #hearEvent(event: ClientEvent): void {
    if (event.kind === 'state') this.#state = event;
    // Answered under a leader that did not hear the wish.
    if (event.kind === 'reply') {
      for (const [ticket, { id }] of this.#waiting) {
        if (id?.counter === event.id.counter && id.device === event.id.device) this.#answer(ticket, event);
      }
    }
    const mirror = 'feed' in event ? this.#mirrors.get(event.feed as FeedName) : undefined;
    if ('feed' in event && mirror === undefined) return;
    if (event.kind === 'discontinuity' && mirror !== undefined) {
      mirror.fold.clear();
      mirror.position = undefined;
    }
    if (event.kind === 'item' && mirror !== undefined) {
      const took = mirror.apply(event);
      if (took === 'again') this.#wish({ wish: 'whole', tab: this.#tab, feed: event.feed });
      if (took !== 'told') return;
    }
    this.#tell(event);
  }

  #hearWhole(feed: FeedName, bytes: Uint8Array, position: Position | undefined): void {
    const mirror = this.#mirrors.get(feed);
    if (mirror === undefined || position === undefined || !mirror.fold.replace(bytes)) return;
    mirror.position = position;
    this.#tell({ kind: 'snapshot', feed });
  }

  #answer(ticket: number, { id, accepted, error }: Reply): void {
    const waiting = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    waiting?.kept({ id, durable: false }); // counts for nothing where it was kept
    waiting?.reply({ id, ...(accepted === undefined ? {} : { accepted }), ...(error === undefined ? {} : { error }) });
  }

  #tell(event: ClientEvent): void {
    for (const callback of [...(this.#callbacks.get(event.kind) ?? [])]) {
      const trouble = (error: unknown): void => {
        const message = `A callback for "${event.kind}" threw: ${error instanceof Error ? error.message : 'no error'}`;
        if (event.kind !== 'fault') this.#tell({ kind: 'fault', fault: 'CALLBACK', message });
      };
      try {
        const result = callback(event as never);
        if (result instanceof Promise) result.catch(trouble);
      } catch (error) {
        trouble(error);
      }
    }
  }
}

/** The part of the tab that has the connection. */
class Leader {
  readonly #client: Client;
  readonly #say: (word: Word) => void;
  readonly #watch: (tab: string, gone: () => void) => void;
  readonly #followers = new Map<FeedName, Set<string>>();
  readonly #tabs = new Set<string>();
  readonly #heard = new Set<string>();
  #state: ClientEvent | undefined;

  constructor(settings: SharedSettings, say: (word: Word) => void, watch: (tab: string, gone: () => void) => void) {
    this.#say = say;
    this.#watch = watch;
    this.#client = new Client(settings, dialBrowser);
    const kinds = [
      'state', 'item', 'gap', 'discontinuity', 'skipped', 'refused', 'kept', 'reply', 'lost', 'error', 'fault',
    ] as const;
    for (const kind of kinds) this.#client.on(kind, (event) => this.#tell(event));
    this.#client.on('snapshot', ({ feed }) => this.#sayWhole(feed, undefined));
    this.#client.connect();
  }

  take(wish: Wish): void {
    this.#know(wish.tab);
    switch (wish.wish) {
      case 'hello':
        if (this.#state !== undefined) this.#say({ word: 'event', to: wish.tab, event: this.#state });
        break;
      case 'follow':
        this.#follow(wish.tab, wish.feed);
        this.#client.subscribe(wish.feed);
        this.#sayWhole(wish.feed, wish.tab);
        break;
      case 'whole': this.#sayWhole(wish.feed, wish.tab); break;
      case 'leave': this.#leave(wish.tab, wish.feed); break;
      case 'command': this.#command(wish); break;
    }
  }

  /** A feed that this tab has folded while another one led. */
  goOn(tab: string, feed: FeedName, position: Position | undefined, bytes: Uint8Array | undefined): void {
    this.#follow(tab, feed);
    const isWhole = position !== undefined && bytes !== undefined;
    this.#client.subscribe(feed, isWhole ? position : undefined, isWhole ? bytes : undefined);
  }

  end(): void {
    void this.#client.end();
  }

  #know(tab: string): void {
    if (this.#tabs.has(tab)) return;
    this.#tabs.add(tab);
    this.#watch(tab, () => {
      this.#tabs.delete(tab);
      for (const feed of [...this.#followers.keys()]) this.#leave(tab, feed);
    });
  }

  #follow(tab: string, feed: FeedName): void {
    const followers = this.#followers.get(feed) ?? new Set();
    this.#followers.set(feed, followers);
    followers.add(tab);
  }

  #leave(tab: string, feed: FeedName): void {
    const followers = this.#followers.get(feed);
    if (followers?.delete(tab) !== true || followers.size > 0) return;
    this.#followers.delete(feed);
    this.#client.unsubscribe(feed);
  }

  #command({ tab, ticket, log, body, options }: Wish & { wish: 'command' }): void {
    const name = `${tab} ${ticket}`;
    if (this.#heard.has(name)) return; // said again because we lead now, and heard before
    this.#heard.add(name);
    const { kept, reply } = this.#client.command(log, body, options);
    void kept.then(({ id, durable }) => this.#say({ word: 'kept', to: tab, ticket, id, durable }));
    void reply.then((said) => {
      this.#heard.delete(name);
      this.#say({ word: 'reply', to: tab, ticket, reply: said });
    });
  }

  #tell(event: ClientEvent): void {
    if (event.kind === 'state') this.#state = event;
    this.#say({ word: 'event', to: undefined, event });
  }

  /** What it folds to now, where it is whole. */
  #sayWhole(feed: FeedName, to: string | undefined): void {
    const state = this.#client.state(feed);
    if (state === undefined) return;
    const kind = partsOf(feed)?.kind ?? 'public';
    if (isKeyed(kind)) {
      const what = kind === 'overview' ? 'overviewRows' : 'deskRows';
      const item = { topic: 0, prev: 0n, item: { case: what, value: state } } as EventOf<'item'>['item'];
      return this.#say({ word: 'event', to, event: { kind: 'item', feed, item } });
    }
    const bytes = this.#client.bytes(feed);
    if (bytes !== undefined) this.#say({ word: 'whole', to, feed, bytes, position: this.#client.position(feed) });
  }
}

function promised<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
