// The SDK in a browser.
import { Client as AnyClient } from './shell/client.js';
import { dialBrowser } from './shell/browser_socket.js';
import type { ClientSettings } from './shell/settings.js';

export * from './core.js';
export { browserKey } from './shell/browser_key.js';
export { IndexedDbQueue } from './shell/indexed_db_queue.js';

/** One connection to one server, by the browser's WebSocket. */
export class Client extends AnyClient {
  /** Nothing is connected until `connect`. */
  constructor(settings: ClientSettings) {
    super(settings, dialBrowser);
  }
}
