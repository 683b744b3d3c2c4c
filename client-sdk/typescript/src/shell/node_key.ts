// The device's key in Node: a file, as JWK or PEM.
import { createPrivateKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { WebCryptoKey } from './device_key.js';

/**
 * The key of a file: a JWK, or PKCS #8 as PEM (what the C++ SDK and the command line write). Where there is no such file a
 * new key is made and written there as PEM, with access for its owner alone.
 * @throws where the file holds no P-256 key, or cannot be read or written.
 */
export async function keyFile(path: string): Promise<WebCryptoKey> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
    const made = await WebCryptoKey.generate(true);
    const key = createPrivateKey({ key: { ...await made.jwk() }, format: 'jwk' });
    // wx: another process may have been quicker.
    await writeFile(path, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
    return made;
  }
  if (text.trimStart().startsWith('{')) return WebCryptoKey.fromJwk(JSON.parse(text) as JsonWebKey);
  return WebCryptoKey.fromJwk(createPrivateKey(text).export({ format: 'jwk' }) as JsonWebKey);
}
