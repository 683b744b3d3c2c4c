// What the client needs of a WebSocket: one for browsers, one for Node.

/** What a socket tells. After `refused` or `closed` it tells nothing more. */
export interface SocketEvents {
  /** The upgrade to a WebSocket is done: messages may be sent. */
  connected(): void;
  /** The upgrade was answered by this HTTP status. */
  refused(status: number): void;
  /** A binary message. */
  message(bytes: Uint8Array): void;
  /** Something that is no binary message of at most 64 KB. */
  garbage(what: string): void;
  /** A ping or pong of the other side. */
  heard(): void;
  /** `code` 0: the network. */
  closed(code: number, reason: string): void;
}

/** One connection, from the dialling on. */
export interface Socket {
  /** A binary message, behind those before it. Nothing where the connection is gone. */
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** Says goodbye (1000) and closes; tells nothing more. */
  hangUp(): void;
  /** Closes without a word; tells nothing more. */
  drop(): void;
}

/** Never throws: what is wrong is told by `closed`, later. */
export type Dial = (url: string, events: SocketEvents) => Socket;

export const subprotocol = 'marchwire.v1.proto';
export const messageBytesMax = 64 * 1024;
/** More waits to be sent than a network that works would let wait. */
export const queueBytesMax = 16 * 1024 * 1024;
