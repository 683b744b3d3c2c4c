// What the machine asks of the shell around it, in order; and the times that go in.
import type { Access, History } from '../gen/messages.js';
import type { ClientEvent } from './events.js';

/** Both clocks at once, in milliseconds. */
export interface Moment {
  /** From any origin; never goes back. */
  readonly steady: number;
  /** Since 1970 UTC, as this device has it; may jump. */
  readonly wall: number;
}

/** A command as the queue holds it. */
export interface KeptCommand {
  /** Of its id. */
  readonly counter: bigint;
  /** Of the `Command` message; without `made_at_ms` where the server's clock was not known yet. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** When it was made, by this device's clock. */
  readonly madeWall: number;
}

/** With `error` where none could be had. */
export type Answer = { case: 'history'; value: History } | { case: 'access'; value: Access };

export type Action =
  /** Connect; then onConnected, onRefused or onClosed. */
  | { do: 'dial' }
  | { do: 'send'; bytes: Uint8Array<ArrayBuffer> }
  /** Say goodbye and close; nothing comes back. */
  | { do: 'hang-up' }
  /** Close without a word; nothing comes back. */
  | { do: 'drop' }
  /** The app is asked for a token: onToken with the same number. */
  | { do: 'ask-token'; ask: number }
  /** Sign the challenge with the device's key: onSignature with the same number. */
  | { do: 'sign'; ask: number; nonce: Uint8Array; token: string }
  /** The counter is used, and the command (where there is one) is to outlive us: onKept with the same counter. */
  | { do: 'keep'; counter: bigint; command: KeptCommand | undefined }
  /** It was answered: onMarked with the same counter. */
  | { do: 'mark-answered'; counter: bigint }
  /** These may go; nothing comes back. */
  | { do: 'forget'; counters: readonly bigint[] }
  /** By how much the server's clock is ahead of this device's; nothing comes back. */
  | { do: 'keep-offset'; offsetMs: number }
  /** `ticket`: of the call of the app that this answers; 0: of none. */
  | { do: 'tell'; event: ClientEvent; ticket: number }
  | { do: 'answer'; request: bigint; answer: Answer };

/** Actions as they gather. */
export class Out {
  readonly actions: Action[] = [];

  push(action: Action): void {
    this.actions.push(action);
  }

  tell(event: ClientEvent, ticket = 0): void {
    this.actions.push({ do: 'tell', event, ticket });
  }
}
