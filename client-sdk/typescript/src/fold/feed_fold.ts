// The state that a feed's items fold to, kept as the snapshot message of its kind.
import type {
  DeskRows, Item, MarshalSnapshot, OpsSnapshot, OverviewRows, Position, PublicSnapshot,
} from '../gen/messages.js';
import { decode, encode } from '../wire/binary.js';
import { toJson, type Json } from '../wire/json.js';
import { foldMarshal, queuedOrders } from './marshal.js';
import { foldOps } from './ops.js';
import { DeskFold, foldPublic, OverviewFold } from './public.js';
import { copyOf, type FoldResult } from './kit.js';

/** What a feed is of. */
export type FeedKind = 'public' | 'ops' | 'marshal' | 'overview' | 'desk';

/** What a feed of each kind folds to. */
export interface FeedStates {
  /** What everybody may see of a march. */
  public: PublicSnapshot;
  /** Everything of a march, or of one section. */
  ops: OpsSnapshot;
  /** What one person on duty sees. */
  marshal: MarshalSnapshot;
  /** A row for each march. */
  overview: OverviewRows;
  /** The same for the national desk. */
  desk: DeskRows;
}
/** The state of some feed. */
export type FeedState = FeedStates[FeedKind];

const snapshotOf = { public: 'PublicSnapshot', ops: 'OpsSnapshot', marshal: 'MarshalSnapshot' } as const;

/** A keyed feed has rows in place of a snapshot and an order. */
export function isKeyed(kind: FeedKind): kind is 'overview' | 'desk' {
  return kind === 'overview' || kind === 'desk';
}

/** One feed's fold. Empty until a snapshot was put in (keyed feeds: until the first whole rows). */
export class FeedFold {
  readonly kind: FeedKind;
  #march: PublicSnapshot | OpsSnapshot | MarshalSnapshot | undefined;
  #overview = new OverviewFold();
  #desk = new DeskFold();
  #hasRows = false;

  constructor(kind: FeedKind) {
    this.kind = kind;
  }

  get isWhole(): boolean {
    return this.#march !== undefined || this.#hasRows;
  }

  /** Replaces everything by the bytes of a snapshot message; false when they are none. */
  replace(bytes: Uint8Array): boolean {
    if (isKeyed(this.kind)) return false;
    try {
      this.#march = decode(snapshotOf[this.kind], bytes);
      return true;
    } catch {
      return false;
    }
  }

  apply(item: Item): FoldResult {
    const what = item.item;
    if (this.kind === 'overview') {
      if (what.case === 'overviewRows') this.#overview.apply(what.value);
      this.#hasRows ||= what.case === 'overviewRows' && what.value.whole;
      return 'folded';
    }
    if (this.kind === 'desk') {
      if (what.case === 'deskRows') this.#desk.apply(what.value);
      this.#hasRows ||= what.case === 'deskRows' && what.value.whole;
      return 'folded';
    }
    if (this.#march === undefined) return 'folded';
    if (this.kind === 'public') return foldPublic(this.#march as PublicSnapshot, what);
    if (what.case !== 'entry') return 'folded'; // telemetry: for the app, not for the fold
    return this.kind === 'ops'
      ? foldOps(this.#march as OpsSnapshot, what.value)
      : foldMarshal(this.#march as MarshalSnapshot, what.value);
  }

  /** What was held is void. */
  clear(): void {
    this.#march = undefined;
    this.#overview = new OverviewFold();
    this.#desk = new DeskFold();
    this.#hasRows = false;
  }

  /** The folded state with `position` in it; `undefined` when not whole. Goes on changing with the next item. */
  state(position: Position | undefined): FeedState | undefined {
    if (this.#march !== undefined) {
      this.#march.position = position === undefined ? undefined : copyOf(position);
      return this.#march;
    }
    if (!this.#hasRows) return undefined;
    return this.kind === 'overview' ? this.#overview.whole() : this.#desk.whole();
  }

  /** The same in the Protobuf JSON mapping. */
  json(position: Position | undefined): Json | undefined {
    const state = this.state(position);
    return state === undefined ? undefined : toJson(messageOf(this.kind), state);
  }

  /** The same as bytes of the snapshot message: what `replace` takes. Of keyed feeds: one item of whole rows. */
  bytes(position: Position | undefined): Uint8Array<ArrayBuffer> | undefined {
    const state = this.state(position);
    return state === undefined ? undefined : encode(messageOf(this.kind), state);
  }

  /** Marshal feed: orders for this person that the server does not know to have come. */
  queuedOrders(): number[] {
    return this.kind === 'marshal' && this.#march !== undefined ? queuedOrders(this.#march as MarshalSnapshot) : [];
  }
}

/** The message that a feed of this kind folds to. */
export function messageOf(kind: FeedKind): 'PublicSnapshot' | 'OpsSnapshot' | 'MarshalSnapshot' | 'OverviewRows' | 'DeskRows' {
  if (kind === 'overview') return 'OverviewRows';
  return kind === 'desk' ? 'DeskRows' : snapshotOf[kind];
}
