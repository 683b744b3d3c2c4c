// The device's key in a browser: made once, readable by no script, kept in IndexedDB.
import { WebCryptoKey } from './device_key.js';
import { openDatabase, settled } from './indexed_db.js';

/**
 * This browser's key: the one that was kept, or a new one.
 * @param name Of the database, as in `IndexedDbQueue`.
 * @throws where the browser keeps nothing for this page, or it did not come by HTTPS.
 */
export async function browserKey(name = 'marchwire'): Promise<WebCryptoKey> {
  const database = await openDatabase(name);
  try {
    const keys = (): IDBObjectStore => database.transaction('keys', 'readwrite').objectStore('keys');
    const known = await settled<CryptoKeyPair | undefined>(keys().get('device'));
    if (known !== undefined) return new WebCryptoKey(known);
    const made = await WebCryptoKey.generate();
    // Another tab may have been quicker: the first one stays.
    await settled(keys().add(made.pair, 'device')).catch(() => undefined);
    return new WebCryptoKey(await settled<CryptoKeyPair>(keys().get('device')));
  } finally {
    database.close();
  }
}
