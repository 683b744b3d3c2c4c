// What the app is told: SPEC.md, part 6.
import type { Accepted, CommandId, DiscontinuityReason, Item, ServerError, Welcome } from '../gen/messages.js';
import type { FeedName } from './feed_name.js';

/** Something that went wrong on this side, or that the server should not have said. The client goes on by itself. */
export type FaultKind =
  /** Bytes that are no message, a text, more than 64 KB, or the wrong thing before `welcome`: the connection is dropped. */
  | 'BAD_MESSAGE'
  /** A snapshot or a position of a feed that cannot be: a new snapshot is asked for. */
  | 'BAD_FEED'
  /** The queue cannot be read or written: commands wait in memory alone. */
  | 'STORAGE'
  /** A callback of the app threw, or its token provider or signer did: as if it had returned. */
  | 'CALLBACK'
  /** The server speaks another version: the client has stopped. */
  | 'WRONG_VERSION';

/** How the connection stands. */
export type ConnectionState = 'connecting' | 'online' | 'waiting' | 'stopped';

/** The connection changed. */
export interface StateEvent {
  /** What tells the kinds of events apart. */
  kind: 'state';
  /** How it stands now. */
  state: ConnectionState;
  /** With `online`: what the server said of itself and of whom it takes us for. */
  welcome?: Welcome;
  /** With `waiting`: milliseconds until the next try. */
  retryInMs?: number;
  /** With `waiting` and `stopped`: why, as a sentence for a log. */
  reason?: string;
  /** With `stopped`: the server's error, where it gave one. */
  error?: ServerError;
}
/** A march's feed is whole, or whole again: see `Client.state`. Rows come as items, the first with `whole`. */
export interface SnapshotEvent {
  /** What tells the kinds of events apart. */
  kind: 'snapshot';
  /** Its name. */
  feed: FeedName;
}
/** An item of a feed, after it was folded. Each one once, in order. */
export interface ItemEvent {
  /** What tells the kinds of events apart. */
  kind: 'item';
  /** Its name. */
  feed: FeedName;
  /** Yours to keep: the fold does not change it. */
  item: Item;
}
/** Something is missing in a feed. It is being mended: nothing is to be done. */
export interface GapEvent {
  /** What tells the kinds of events apart. */
  kind: 'gap';
  /** Its name. */
  feed: FeedName;
  /** The `seq` that we had. */
  held: bigint;
  /** The `seq` that came before the new item, and not to us. */
  missing: bigint;
}
/** What is held of the feed is void; a snapshot follows. What is drawn of it may stay, greyed. */
export interface DiscontinuityEvent {
  /** What tells the kinds of events apart. */
  kind: 'discontinuity';
  /** Its name. */
  feed: FeedName;
  /** Why. */
  reason: DiscontinuityReason;
  /** A sentence of the server; may be empty. */
  message: string;
}
/** The server left newest values out, because we read slowly. */
export interface SkippedEvent {
  /** What tells the kinds of events apart. */
  kind: 'skipped';
  /** Its name. */
  feed: FeedName;
  /** How many. */
  keys: number;
  /** Milliseconds since 1970 UTC. */
  fromMs: number;
  /** Milliseconds since 1970 UTC. */
  toMs: number;
}
/** The feed may not be followed, or has ended. It is not wanted any more. */
export interface RefusedEvent {
  /** What tells the kinds of events apart. */
  kind: 'refused';
  /** Its name. */
  feed: string;
  /** What the server said. */
  error: ServerError;
}
/** A command has its id, and waits to be sent or answered. */
export interface KeptEvent {
  /** What tells the kinds of events apart. */
  kind: 'kept';
  /** Device 0: it is refused, see the reply. */
  id: CommandId;
  /** It stands in the queue's file or database: not even the end of this process loses it. */
  durable: boolean;
}
/** The answer to a command: once for each. */
export interface ReplyEvent {
  /** What tells the kinds of events apart. */
  kind: 'reply';
  /** Device 0: it was refused here and never sent. */
  id: CommandId;
  /** Exactly one of the two is there. */
  accepted?: Accepted;
  /** Why not. */
  error?: ServerError;
}
/** It had been accepted, the store lost it, and it was refused when it was sent again: it does not hold. */
export interface LostEvent {
  /** What tells the kinds of events apart. */
  kind: 'lost';
  /** The command's, as `kept` gave it. */
  id: CommandId;
  /** What the server said. */
  error: ServerError;
}
/** An error of the server that is about none of the above. */
export interface ErrorEvent {
  /** What tells the kinds of events apart. */
  kind: 'error';
  /** What the server said. */
  error: ServerError;
}
/** See {@link FaultKind}. */
export interface FaultEvent {
  /** What tells the kinds of events apart. */
  kind: 'fault';
  /** Which of the five. */
  fault: FaultKind;
  /** A sentence for a log. */
  message: string;
}
/** All that a client tells. */
export type ClientEvent =
  | StateEvent | SnapshotEvent | ItemEvent | GapEvent | DiscontinuityEvent | SkippedEvent | RefusedEvent | KeptEvent
  | ReplyEvent | LostEvent | ErrorEvent | FaultEvent;
