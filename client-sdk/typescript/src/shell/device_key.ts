// The key of a device: it signs each log-in, so that a token alone opens nothing.
import { webCrypto } from './web_crypto.js';

/** Signs log-ins; `redeem` tells the server its public half. */
export interface DeviceKey {
  /** The point, uncompressed: 65 bytes. */
  publicKey(): Promise<Uint8Array<ArrayBuffer>>;
  /** ES256: r and s, 64 bytes. A rejection counts as a fault, and ends no process. */
  sign(text: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', hash: 'SHA-256' };

/** A key of WebCrypto, wherever it is kept. */
export class WebCryptoKey implements DeviceKey {
  readonly #pair: CryptoKeyPair;

  /**
   * Of a pair that is there already.
   * @param pair ECDSA on P-256; the private half for `sign`, the public one extractable.
   */
  constructor(pair: CryptoKeyPair) {
    this.#pair = pair;
  }

  /** The pair, as IndexedDB can keep it. */
  get pair(): CryptoKeyPair {
    return this.#pair;
  }

  /**
   * A new one.
   * @param isExtractable false: no script can read it, it can only be kept as it is (IndexedDB).
   */
  static async generate(isExtractable = false): Promise<WebCryptoKey> {
    return new WebCryptoKey(await webCrypto().subtle.generateKey(algorithm, isExtractable, ['sign', 'verify']));
  }

  /**
   * Of a JWK with its private part.
   * @throws where it is no P-256 key.
   */
  static async fromJwk(jwk: JsonWebKey): Promise<WebCryptoKey> {
    const { subtle } = webCrypto();
    const { kty = '', crv = '', x = '', y = '' } = jwk;
    return new WebCryptoKey({
      privateKey: await subtle.importKey('jwk', { ...jwk, key_ops: ['sign'] }, algorithm, true, ['sign']),
      publicKey: await subtle.importKey('jwk', { kty, crv, x, y, ext: true }, algorithm, true, ['verify']),
    });
  }

  /**
   * The reverse. Whoever has it and the token is this device: keep it where the app alone may read.
   * @throws where the key is not extractable.
   */
  async jwk(): Promise<JsonWebKey> {
    return webCrypto().subtle.exportKey('jwk', this.#pair.privateKey);
  }

  /** See {@link DeviceKey.publicKey}. */
  async publicKey(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await webCrypto().subtle.exportKey('raw', this.#pair.publicKey));
  }

  /** See {@link DeviceKey.sign}. */
  async sign(text: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await webCrypto().subtle.sign(signing, this.#pair.privateKey, text));
  }
}

/** What is signed of a challenge: a text, the nonce, and the SHA-256 of the token. */
export async function loginText(nonce: Uint8Array, token: string): Promise<Uint8Array<ArrayBuffer>> {
  const utf8 = new TextEncoder();
  const head = utf8.encode('marchwire.v1 login\n');
  const hash = new Uint8Array(await webCrypto().subtle.digest('SHA-256', utf8.encode(token)));
  const text = new Uint8Array(head.length + nonce.length + hash.length);
  text.set(head);
  text.set(nonce, head.length);
  text.set(hash, head.length + nonce.length);
  return text;
}
