// An invite becomes a token: one POST.
import type { ErrorCode, ServerError } from '../gen/messages.js';
import { make } from '../wire/binary.js';
import { toBase64Url } from '../wire/base64.js';
import { wordsOf } from '../wire/shapes.js';
import type { DeviceKey } from './device_key.js';

const patienceMs = 30_000;

/** An invite as it was handed over: its link, or the server's address with a spoken code. */
export interface Invitation {
  /** `https://march.example.org`; may be left out with a whole link. */
  url?: string;
  /** The whole link, or what stands behind its `#`. */
  link?: string;
  /** `17-K7QF-M2PX`, in any case. */
  code?: string;
  /** With a code; may be left out where the server has one campaign alone. */
  campaign?: string;
  /** By what the person's cry for help is cancelled: 4 to 8 digits; left out: by nothing. */
  pin?: string;
  /** By this one it seems to be, on this phone and those near it, and stays open for the leads. */
  duressPin?: string;
}

/** What comes of an invite: exactly one of `token` and `error` is there. */
export interface Redeemed {
  /** Keep it with the key: it was said once. */
  token?: string;
  /** False too where another device of the person's had set a PIN: that one holds. */
  pinSet?: boolean;
  /**
   * NOT_FOUND (no such invite), EXPIRED, INVALID_TRANSITION (used by another device, or waits for a lead's
   * confirmation), PERMISSION_DENIED (wrong code), RATE_LIMITED, UNAVAILABLE (no answer came).
   */
  error?: ServerError;
}

/**
 * Asks the server once, within 30 s. The same key may ask again when no answer came: the invite is not lost. Never
 * rejects.
 */
export async function redeem(invitation: Invitation, key: DeviceKey): Promise<Redeemed> {
  const { url, link = '', code, campaign, pin, duressPin } = invitation;
  const address = addressOf(url ?? link);
  if (address === undefined) {
    const message = 'Give the server\'s address as in https://march.example.org, or the whole link.';
    return { error: make('Error', { code: 'INVALID_ARGUMENT', field: 'url', message }) };
  }
  try {
    const said = {
      public_key: toBase64Url(await key.publicKey()),
      link: link === '' ? undefined : link.slice(link.indexOf('#') + 1),
      code, campaign, pin, duress_pin: duressPin,
    };
    const answer = await fetch(address, {
      method: 'POST', body: JSON.stringify(said), headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(patienceMs), redirect: 'error', credentials: 'omit', cache: 'no-store',
    });
    return read(await answer.json());
  } catch (error) {
    return noAnswer(error instanceof Error ? error.message : 'no answer');
  }
}

function addressOf(text: string): string | undefined {
  try {
    const url = new URL(text.replace(/^ws(s?):/, 'http$1:'));
    return url.protocol === 'https:' || url.protocol === 'http:' ? new URL('/v1/redeem', url).href : undefined;
  } catch {
    return undefined;
  }
}

function read(said: unknown): Redeemed {
  const answer = (said ?? {}) as { token?: unknown; pin_set?: unknown; error?: Record<string, unknown> };
  if (typeof answer.token === 'string') return { token: answer.token, pinSet: answer.pin_set === true };
  if (typeof answer.error !== 'object' || answer.error === null) return noAnswer('The server answered something else');
  const text = (name: string): string => (typeof answer.error?.[name] === 'string' ? answer.error[name] : '');
  const code: ErrorCode = wordsOf('ErrorCode').byName.has(text('code')) ? (text('code') as ErrorCode) : 'UNAVAILABLE';
  const retryAfterMs = Number(answer.error['retry_after_ms'] ?? answer.error['retryAfterMs'] ?? 0) || 0;
  return { error: make('Error', { code, field: text('field'), message: text('message'), retryAfterMs }) };
}

function noAnswer(why: string): Redeemed {
  const message = `${why}: the invite is not lost, try again with the same device.`;
  return { error: make('Error', { code: 'UNAVAILABLE', field: 'url', message }) };
}
