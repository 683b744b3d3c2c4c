// What goes into a client and comes out of it beside messages.
import type { Accepted, CommandBodies, CommandId, ServerError } from '../gen/messages.js';
import type { ClientEvent } from '../machine/events.js';

/** Fields of a message, each of which may be left out; 64-bit numbers and bytes also as in the JSON mapping. */
export type Init<T> = T extends bigint ? bigint | number | string
  : T extends Uint8Array ? Uint8Array | string
    : T extends readonly (infer One)[] ? Init<One>[]
      : T extends object ? { [Name in keyof T]?: Init<T[Name]> }
        : T;
/** What a command is: one name, and what belongs to it. `{ checkIn: { report: 'ON_POST' } }` */
export type CommandInit = {
  [Name in keyof CommandBodies]: { [Key in Name]: Init<CommandBodies[Name]> };
}[keyof CommandBodies];

/** The answer to a command: exactly one of `accepted` and `error` is there. */
export interface Reply {
  /** Device 0: it was refused here and never sent. */
  id: CommandId;
  /** Stored, as safely as it says. */
  accepted?: Accepted;
  /** Why not. */
  error?: ServerError;
}
/** What becomes of a command before it is sent. */
export interface Kept {
  /** Device 0: refused here, see the reply. */
  id: CommandId;
  /** In the queue: not even the end of this process loses it. */
  durable: boolean;
}
/** A command on its way. Neither promise ever rejects. */
export interface Sent {
  /** As soon as it waits to be sent. */
  kept: Promise<Kept>;
  /** The server's answer, or UNAVAILABLE from here when too many wait. May take as long as the network is away. */
  reply: Promise<Reply>;
}

/** The event of a kind. */
export type EventOf<Kind extends ClientEvent['kind']> = Extract<ClientEvent, OfKind<Kind>>;
/** What has this kind. */
export interface OfKind<Kind extends ClientEvent['kind']> {
  /** Which. */
  kind: Kind;
}
