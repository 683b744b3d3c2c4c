// The platform's cryptography: a global in browsers and newer Nodes, a module in Node 18.

let provided: Crypto | undefined;

/** For platforms without the global. */
export function provideCrypto(crypto: Crypto): void {
  provided = crypto;
}

/** @throws where the platform has none: a page that did not come by HTTPS or from this machine. */
export function webCrypto(): Crypto {
  const crypto = provided ?? (globalThis as { crypto?: Crypto }).crypto;
  if (crypto === undefined) throw new TypeError('this page has no cryptography: serve it by HTTPS');
  return crypto;
}

/** 64 bits, not 0. */
export function randomDevice(): bigint {
  const bits = webCrypto().getRandomValues(new BigUint64Array(1))[0] ?? 0n;
  return bits === 0n ? 1n : bits;
}
