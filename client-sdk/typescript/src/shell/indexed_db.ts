// The one database of this SDK in a browser: commands, and the device's key.

const version = 1;

/** @throws where the browser has none, or does not let this page. */
export function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => {
    for (const store of ['about', 'commands', 'keys']) request.result.createObjectStore(store);
  };
  return settled(request);
}

/** What a request has in common with all others, whatever it is for. */
interface Asked {
  readonly result: unknown;
  readonly error: DOMException | null;
  addEventListener(type: 'success' | 'error', listener: () => void): void;
}

export function settled<T>(request: Asked): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result as T));
    request.addEventListener('error', () => reject(request.error ?? new Error('The browser has answered nothing.')));
  });
}
