// What an app says of a client.
import type { Fix, Level, Position } from '../gen/messages.js';
import type { DeviceKey } from './device_key.js';
import type { Queue } from './queue.js';
import type { Dial } from './socket.js';

/** A token, and when it runs out. */
export interface TokenAnswer {
  /** Empty: there is none now. */
  token: string;
  /** Milliseconds since 1970 UTC by the server's clock; left out or 0: unknown, and no newer one is asked for. */
  expiresAtMs?: number;
}

/** Asked before each connection, and shortly before a token runs out. Has 30 s. A rejection counts as "none now". */
export type TokenProvider = () => string | TokenAnswer | Promise<string | TokenAnswer>;

/** All but `url` may be left out. */
export interface ClientSettings {
  /** `wss://host/v1/ws` for followers, `wss://host/v1/ops` for staff; `ws://` without TLS. */
  url: string;
  /** What the server knows this app's user by; left out: an anonymous follower. */
  token?: string | TokenProvider;
  /** The device's key, where the token came by an invite. */
  key?: DeviceKey;
  /** 64 random bits, not 0, that the app keeps; left out: the queue's. Without either there are no commands. */
  device?: bigint;
  /** The last counter that this device used; left out: the queue's, or 0. */
  counter?: bigint;
  /** Where commands outlive the process; left out: in memory alone. */
  queue?: Queue;
  /** For the operator's logs; no person in it. */
  name?: string;
  /** Waits between tries are drawn from 0 to this, doubled with each try; milliseconds, 500 where left out. */
  retryFirstMs?: number;
  /** And to this at most; milliseconds, 30 000 where left out. */
  retryMostMs?: number;
  /** Unanswered commands that are kept; one more is refused. 1 000 where left out. */
  commandsWaiting?: number;
  /** How the client connects; left out: as the platform does. For tests, and for other transports. */
  dial?: Dial;
}

/** Of one command. */
export interface CommandOptions {
  /** How safely it is to be stored at least; left out: as the server does. */
  minLevel?: Level;
}

/** Where this phone is or was. */
export type FixInit = {
  /** WGS 84 degrees. */
  lat: number;
  /** WGS 84 degrees. */
  lon: number;
  /** Metres. */
  accuracyMetres: Fix['accuracyMetres'];
  /** Milliseconds since 1970 UTC. */
  atMs: number;
};

/** A place in a feed, as `Client.position` gives it: to be handed back as it is. */
export type ResumeFrom = Pick<Position, 'epoch' | 'seq' | 'digest'>;
