// The feeds that the app wants, on one connection: which item is whose, and how each is made whole. SPEC.md, part 3.
import type {
  ClientMessage, Discontinuity, Item, Position, SnapshotPiece, Subscribe, Subscribed, Unsubscribed, UpTo,
} from '../gen/messages.js';
import { make } from '../wire/binary.js';
import type { Moment, Out } from './actions.js';
import { logOf, partsOf, type FeedName } from './feed_name.js';
import { Subscription, type Took } from './subscription.js';

const mendingsResumed = 3; // then a snapshot is asked for
const mendingsMax = 8; // then the connection is dropped
const askAgainMs = 1_000; // a feed that is refused for now

/** What feeds need of the connection. */
export interface Session {
  readonly isOnline: boolean;
  send(message: ClientMessage['message'], now: Moment, out: Out): void;
  dropAndWait(reason: string, now: Moment, out: Out): void;
  /** What is queued for the person of this feed is on the phone. */
  markDelivered(feed: Subscription, now: Moment, out: Out): void;
  historyChanged(log: string, now: Moment, out: Out): void;
}

export class Feeds {
  readonly #session: Session;
  readonly #byName = new Map<string, Subscription>();
  /** Feeds of one march may share topics. */
  #byTopic = new Map<number, Subscription[]>();

  constructor(session: Session) {
    this.#session = session;
  }

  get(name: string): Subscription | undefined {
    return this.#byName.get(name);
  }
  all(): Iterable<Subscription> {
    return this.#byName.values();
  }

  // ---- wishes of the app --------------------------------------------------------------------------

  subscribe(name: string, resume: Position | undefined, now: Moment, out: Out, folded?: Uint8Array): void {
    if (this.#byName.has(name)) return;
    const parts = partsOf(name);
    if (parts === undefined) {
      const message = 'There is no feed of such a name: public/CAMPAIGN/MARCH, for example.';
      out.tell({ kind: 'refused', feed: name, error: make('Error', { code: 'INVALID_ARGUMENT', field: 'feed', message }) });
      return;
    }
    const feed = new Subscription(name as FeedName, parts, resume, folded);
    this.#byName.set(name, feed);
    if (this.#session.isOnline) this.#session.send({ case: 'subscribe', value: feed.ask() }, now, out);
  }

  unsubscribe(name: string, now: Moment, out: Out): void {
    if (!this.#byName.delete(name)) return;
    this.#indexTopics();
    const value = make('Unsubscribe', { feed: name });
    if (this.#session.isOnline) this.#session.send({ case: 'unsubscribe', value }, now, out);
  }

  /** For hello: what was open is asked for anew, from where it stands. */
  askAll(): Subscribe[] {
    this.#byTopic.clear();
    return [...this.#byName.values()].map((feed) => feed.ask());
  }

  tick(now: Moment, out: Out): void {
    for (const feed of this.#byName.values()) {
      if (feed.askAt === undefined || feed.askAt > now.steady) continue;
      this.#session.send({ case: 'subscribe', value: feed.ask() }, now, out);
    }
  }

  nextAt(): number | undefined {
    let next: number | undefined;
    for (const { askAt } of this.#byName.values()) {
      if (askAt !== undefined && (next === undefined || askAt < next)) next = askAt;
    }
    return next;
  }

  // ---- from the server ----------------------------------------------------------------------------

  onSubscribed(subscribed: Subscribed): void {
    this.get(subscribed.feed)?.onSubscribed(subscribed);
    this.#indexTopics();
  }

  onUnsubscribed(gone: Unsubscribed, now: Moment, out: Out): void {
    const feed = this.get(gone.feed);
    if (feed === undefined || gone.error === undefined) return; // the answer to our own wish
    if (gone.error.code === 'UNAVAILABLE' || gone.error.code === 'RATE_LIMITED') {
      feed.askAt = now.steady + Math.max(askAgainMs, gone.error.retryAfterMs);
      return;
    }
    this.#byName.delete(gone.feed);
    this.#indexTopics();
    out.tell({ kind: 'refused', feed: gone.feed, error: gone.error });
  }

  onUpTo(upTo: UpTo, now: Moment, out: Out): void {
    const feed = this.get(upTo.feed);
    if (feed?.onUpTo(upTo) === 'bad') this.#bad(feed, 'a position with another past than the one held', now, out);
  }

  onDiscontinuity(said: Discontinuity, now: Moment, out: Out): void {
    const feed = this.get(said.feed);
    if (feed === undefined) return;
    feed.onDiscontinuity();
    out.tell({ kind: 'discontinuity', feed: feed.name, reason: said.reason, message: said.message });
    if (said.reason === 'HISTORY_CHANGED') this.#session.historyChanged(logOf(feed.parts), now, out);
  }

  onPiece(piece: SnapshotPiece, now: Moment, out: Out): void {
    const feed = this.get(piece.feed);
    if (feed === undefined) return;
    const took = feed.onPiece(piece);
    if (took === 'bad') this.#bad(feed, 'a snapshot that cannot be put together or read', now, out);
    if (took !== 'whole') return;
    out.tell({ kind: 'snapshot', feed: feed.name });
    this.#session.markDelivered(feed, now, out);
    for (const item of feed.takeKept()) {
      if (feed.stage !== 'live' || !this.#session.isOnline) break;
      this.#give(feed, item, now, out);
    }
  }

  /** Rows name their campaign, all else its topic. */
  onItem(item: Item, now: Moment, out: Out): void {
    for (const feed of this.#wanting(item)) {
      if (this.#session.isOnline) this.#give(feed, item, now, out);
    }
  }

  // ---- inside -------------------------------------------------------------------------------------

  #wanting({ item, topic }: Item): readonly Subscription[] {
    if (item.case !== 'overviewRows' && item.case !== 'deskRows') return this.#byTopic.get(topic) ?? [];
    const feed = this.get(`${item.case === 'deskRows' ? 'desk' : 'overview'}/${item.value.campaign}`);
    return feed === undefined ? [] : [feed];
  }

  #give(feed: Subscription, item: Item, now: Moment, out: Out): void {
    const held = feed.position;
    const took = feed.onItem(item);
    switch (took) {
      case 'nothing':
      case 'kept':
      case 'whole': break;
      case 'applied':
        out.tell({ kind: 'item', feed: feed.name, item });
        this.#session.markDelivered(feed, now, out);
        break;
      case 'gap':
        out.tell({ kind: 'gap', feed: feed.name, held: held?.seq ?? 0n, missing: item.prev });
        this.#askAgain(feed, took, now, out);
        break;
      case 'refetch':
        // The app sees the item all the same; the state follows with the snapshot.
        out.tell({ kind: 'item', feed: feed.name, item });
        this.#askAgain(feed, took, now, out);
        break;
      case 'bad': this.#bad(feed, 'a position with another past than the one held, or too many items', now, out);
    }
  }

  #bad(feed: Subscription, what: string, now: Moment, out: Out): void {
    out.tell({ kind: 'fault', fault: 'BAD_FEED', message: `The server sent ${what} (${feed.name}).` });
    this.#askAgain(feed, 'bad', now, out);
  }

  /**
   * A gap is mended from our position. Where that does not help, or what came cannot be folded, a snapshot is asked for;
   * where even that does not help, a new connection.
   */
  #askAgain(feed: Subscription, why: Took, now: Moment, out: Out): void {
    feed.mendings += 1;
    if (feed.mendings > mendingsMax) {
      feed.mendings = 0;
      this.#session.dropAndWait(`feed ${feed.name} could not be made whole`, now, out);
      return;
    }
    this.#session.send({ case: 'unsubscribe', value: make('Unsubscribe', { feed: feed.name }) }, now, out);
    const resumes = why === 'gap' && feed.mendings <= mendingsResumed;
    this.#session.send({ case: 'subscribe', value: resumes ? feed.ask() : feed.askAnew() }, now, out);
    this.#indexTopics();
  }

  #indexTopics(): void {
    this.#byTopic = new Map();
    for (const feed of this.#byName.values()) {
      for (const topic of feed.topics) this.#byTopic.set(topic, [...(this.#byTopic.get(topic) ?? []), feed]);
    }
  }
}
