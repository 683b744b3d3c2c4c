// A queue in IndexedDB, for browsers.
import type { KeptCommand } from '../machine/actions.js';
import type { OpenedQueue, Queue } from './queue.js';
import { openDatabase, settled } from './indexed_db.js';
import { randomDevice } from './web_crypto.js';

/** Counters are bigint, which IndexedDB has no keys for: as text of even length they have the same order. */
const keyOf = (counter: bigint): string => String(counter).padStart(20, '0');

/** Survives the page, the browser and the machine; not the user's wish to delete the site's data. */
export class IndexedDbQueue implements Queue {
  readonly #name: string;
  #database: IDBDatabase | undefined;

  /**
   * Touches nothing before `open`.
   * @param name Of the database: one for each device that this origin has; `marchwire` where left out.
   */
  constructor(name = 'marchwire') {
    this.#name = name;
  }

  /** See {@link Queue.open}. */
  async open(device: bigint | undefined, counter: bigint): Promise<OpenedQueue> {
    this.#database = await openDatabase(this.#name);
    const transaction = this.#database.transaction(['about', 'commands'], 'readwrite', { durability: 'strict' });
    const about = transaction.objectStore('about');
    const [known, used, offsetMs, commands] = await Promise.all([
      settled<bigint | undefined>(about.get('device')), settled<bigint | undefined>(about.get('counter')),
      settled<number | undefined>(about.get('offset')),
      settled<KeptCommand[]>(transaction.objectStore('commands').getAll()),
    ]);
    if (known !== undefined && device !== undefined && known !== device) throw new Error('The queue is of another device.');
    const own = known ?? device ?? randomDevice();
    const last = used !== undefined && used > counter ? used : counter;
    about.put(own, 'device');
    about.put(last, 'counter');
    await done(transaction);
    return { device: own, counter: last, offsetMs, commands };
  }

  /** See {@link Queue.keep}. */
  keep(counter: bigint, command: KeptCommand | undefined): Promise<void> {
    return this.#write((about, commands) => {
      about.put(counter, 'counter');
      if (command !== undefined) commands.put(command, keyOf(counter));
    });
  }

  /** See {@link Queue.markAnswered}. */
  markAnswered(counter: bigint): Promise<void> {
    return this.forget([counter]);
  }

  /** See {@link Queue.forget}. */
  forget(counters: readonly bigint[]): Promise<void> {
    return this.#write((_, commands) => {
      for (const counter of counters) commands.delete(keyOf(counter));
    });
  }

  /** See {@link Queue.keepOffset}. */
  keepOffset(offsetMs: number): Promise<void> {
    return this.#write((about) => about.put(offsetMs, 'offset'));
  }

  /** See {@link Queue.close}. */
  close(): Promise<void> {
    this.#database?.close();
    this.#database = undefined;
    return Promise.resolve();
  }

  async #write(change: (about: IDBObjectStore, commands: IDBObjectStore) => void): Promise<void> {
    if (this.#database === undefined) throw new Error('The queue is not open.');
    const transaction = this.#database.transaction(['about', 'commands'], 'readwrite', { durability: 'strict' });
    change(transaction.objectStore('about'), transaction.objectStore('commands'));
    await done(transaction);
  }
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('The browser has stored nothing.'));
  });
}
