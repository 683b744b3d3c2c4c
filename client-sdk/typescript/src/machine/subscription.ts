// One feed: where it stands, what it folds to, and what to do with each thing that comes for it. SPEC.md, part 3.
import { FeedFold, isKeyed } from '../fold/feed_fold.js';
import type { Item, Position, SnapshotPiece, Subscribe, Subscribed, UpTo } from '../gen/messages.js';
import { make } from '../wire/binary.js';
import type { FeedName, FeedParts } from './feed_name.js';

const keptItemsMax = 20_000;
const snapshotBytesMax = 64 * 1024 * 1024;
const snapshotPiecesMax = 1 << 20;

/**
 * `asked`: subscribe was said, or will be with hello, so what comes on old topics is not ours. `awaiting-snapshot`:
 * pieces are due, items are kept.
 */
export type Stage = 'asked' | 'awaiting-snapshot' | 'live';

/**
 * What an item or a piece did. `nothing`: known already, or not ours now. `kept`: until the snapshot is whole. `whole`:
 * the last piece. `gap`: ask again from our position. `refetch`: applied, but only a fresh snapshot makes it whole.
 * `bad`: what cannot be, so a fresh snapshot is wanted.
 */
export type Took = 'nothing' | 'kept' | 'applied' | 'whole' | 'gap' | 'refetch' | 'bad';

export class Subscription {
  readonly name: FeedName;
  readonly parts: FeedParts;
  readonly fold: FeedFold;
  /** How often in a row the feed was asked for again without an item applied. */
  mendings = 0;
  /** Refused for now: asked again then, by the steady clock. */
  askAt: number | undefined;

  #stage: Stage = 'asked';
  #position: Position | undefined;
  #topics: readonly number[] = [];
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #kept: Item[] = [];

  /** `folded`: what the feed folds to at `resume`; where it cannot be read the feed begins without either. */
  constructor(name: FeedName, parts: FeedParts, resume?: Position, folded?: Uint8Array) {
    this.name = name;
    this.parts = parts;
    this.fold = new FeedFold(parts.kind);
    const isReadable = folded === undefined || this.fold.replace(folded);
    this.#position = isReadable ? resume : undefined;
  }

  get stage(): Stage {
    return this.#stage;
  }
  get topics(): readonly number[] {
    return this.#topics;
  }
  get position(): Position | undefined {
    return this.#position;
  }

  /** The message that asks for the feed, from where we stand; it goes out now. */
  ask(): Subscribe {
    const wish = this.askAnew();
    if (this.#position !== undefined && !isKeyed(this.parts.kind)) wish.resume = this.#position;
    return wish;
  }

  /** The same for a fresh snapshot. */
  askAnew(): Subscribe {
    this.#stage = 'asked';
    this.#topics = [];
    this.#dropPieces();
    this.#kept = [];
    this.askAt = undefined;
    return make('Subscribe', { feed: this.name });
  }

  onSubscribed(subscribed: Subscribed): void {
    this.#topics = subscribed.topics;
    this.#dropPieces();
    this.#kept = [];
    const snapshotFollows = !subscribed.resumed && !isKeyed(this.parts.kind);
    this.#stage = snapshotFollows ? 'awaiting-snapshot' : 'live';
  }

  onDiscontinuity(): void {
    this.fold.clear();
    this.#position = undefined;
    this.#dropPieces();
    this.#kept = [];
    if (this.#stage === 'live' && !isKeyed(this.parts.kind)) this.#stage = 'awaiting-snapshot';
  }

  onUpTo(upTo: UpTo): Took {
    if (this.#stage !== 'live' || this.#position === undefined || upTo.position === undefined) return 'nothing';
    if (this.#contradicts(upTo.position)) return 'bad';
    if (upTo.position.seq > this.#position.seq) this.#position = upTo.position;
    return 'nothing';
  }

  onPiece(piece: SnapshotPiece): Took {
    if (this.#stage !== 'awaiting-snapshot') return 'nothing';
    if (piece.piece === 0) this.#dropPieces();
    const isInOrder = piece.piece === this.#pieces.length && piece.piece < piece.pieces;
    this.#pieceBytes += piece.bytes.length;
    const isTooMuch = this.#pieceBytes > snapshotBytesMax || piece.pieces > snapshotPiecesMax;
    if (!isInOrder || isTooMuch || piece.position === undefined) return 'bad';
    this.#pieces.push(piece.bytes);
    if (this.#pieces.length < piece.pieces) return 'kept';
    const whole = join(this.#pieces, this.#pieceBytes);
    this.#dropPieces();
    if (!this.fold.replace(whole)) return 'bad';
    this.#position = piece.position;
    this.#stage = 'live';
    return 'whole';
  }

  /** After `whole`: what was kept, in order; give each to onItem again. */
  takeKept(): Item[] {
    const kept = this.#kept;
    this.#kept = [];
    return kept;
  }

  onItem(item: Item): Took {
    if (this.#stage === 'asked') return 'nothing';
    if (this.#stage === 'awaiting-snapshot') {
      if (this.#kept.length >= keptItemsMax) return 'bad';
      this.#kept.push(item);
      return 'kept';
    }
    if (item.position === undefined) return this.#apply(item); // class C and keyed rows: outside the order
    if (this.#position === undefined) return 'bad';
    if (this.#contradicts(item.position)) return 'bad';
    if (item.position.seq <= this.#position.seq) return 'nothing';
    if (item.prev > this.#position.seq) return 'gap';
    this.#position = item.position;
    this.mendings = 0;
    return this.#apply(item);
  }

  #apply(item: Item): Took {
    // Resumed from a position that the app kept: there is no state to fold into, the items are all.
    return this.fold.apply(item) === 'folded' ? 'applied' : 'refetch';
  }

  /** The same place with another past: one of the two was never so. */
  #contradicts(position: Position): boolean {
    const held = this.#position;
    return held !== undefined && position.seq === held.seq && position.digest !== held.digest;
  }

  #dropPieces(): void {
    this.#pieces = [];
    this.#pieceBytes = 0;
  }
}

function join(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
