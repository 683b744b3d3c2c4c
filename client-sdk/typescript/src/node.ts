// The SDK in Node.
import { webcrypto } from 'node:crypto';
import { Client as AnyClient } from './shell/client.js';
import { dialNode } from './shell/node_socket.js';
import type { ClientSettings } from './shell/settings.js';
import { provideCrypto } from './shell/web_crypto.js';

provideCrypto(webcrypto as Crypto);

export * from './core.js';
export { FileQueue } from './shell/file_queue.js';
export { keyFile } from './shell/node_key.js';

/** What Node alone can be told. */
export interface NodeSettings extends ClientSettings {
  /** PEM, believed in TLS in place of what Node trusts. */
  ca?: string;
}

/** One connection to one server, by Node's own sockets. */
export class Client extends AnyClient {
  /** Nothing is connected until `connect`. */
  constructor(settings: NodeSettings) {
    super(settings, (url, events) => dialNode(url, events, settings.ca));
  }
}
