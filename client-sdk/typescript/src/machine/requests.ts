// Questions to the server that are answered once, and do not outlive their connection.
import type { Access, History } from '../gen/messages.js';
import { make } from '../wire/binary.js';
import type { Answer, Out } from './actions.js';

export class Requests {
  readonly #open = new Map<bigint, Answer['case']>();

  asked(request: bigint, kind: Answer['case']): void {
    this.#open.set(request, kind);
  }

  /** Nothing where nobody has asked. */
  onAnswer(answer: { case: 'history'; value: History } | { case: 'access'; value: Access }, out: Out): void {
    const { request } = answer.value;
    if (this.#open.get(request) === answer.case && this.#open.delete(request)) out.push({ do: 'answer', request, answer });
  }

  refuse(request: bigint, kind: Answer['case'], message: string, out: Out): void {
    const error = make('Error', { code: 'UNAVAILABLE', message });
    const answer: Answer = kind === 'history'
      ? { case: kind, value: make('History', { request, error }) }
      : { case: kind, value: make('Access', { request, error }) };
    out.push({ do: 'answer', request, answer });
  }

  /** The app asks again. */
  lost(out: Out): void {
    for (const [request, kind] of this.#open) {
      this.refuse(request, kind, 'The connection was lost: ask again when online.', out);
    }
    this.#open.clear();
  }
}
