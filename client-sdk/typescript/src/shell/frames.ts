// RFC 6455 as a machine: bytes of a server go in, what they say comes out. No socket.

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export type Told =
  | { kind: 'message'; bytes: Uint8Array }
  | { kind: 'ping'; bytes: Uint8Array }
  | { kind: 'pong' }
  /** `code` 0: it bore none. */
  | { kind: 'close'; code: number; reason: string }
  /** The other side broke a rule, or sent what nobody asked for; nothing behind it can be read. */
  | { kind: 'broken'; what: string };

interface Head {
  readonly isLast: boolean;
  readonly opcode: number;
  readonly size: number;
  /** Of the head itself. */
  readonly bytes: number;
}

/** Reads what a server sends: unmasked frames, messages in pieces, control frames between these. */
export class FrameReader {
  readonly #messageBytesMax: number;
  #held: Uint8Array = new Uint8Array(0);
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #isInMessage = false;
  #isBroken = false;

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** What these bytes complete. After `broken` or `close` nothing more. */
  *read(bytes: Uint8Array): Generator<Told, void> {
    if (this.#isBroken) return;
    this.#held = this.#held.length === 0 ? bytes : join([this.#held, bytes]);
    for (;;) {
      const head = this.#head();
      if (head === undefined) break;
      if (typeof head === 'string') {
        this.#isBroken = true;
        yield { kind: 'broken', what: head };
        return;
      }
      if (this.#held.length < head.bytes + head.size) break;
      const payload = this.#held.slice(head.bytes, head.bytes + head.size);
      this.#held = this.#held.subarray(head.bytes + head.size);
      const told = head.opcode >= opcodes.close ? control(head.opcode, payload) : this.#data(head, payload);
      if (told === undefined) continue;
      this.#isBroken = told.kind === 'close' || told.kind === 'broken';
      yield told;
      if (this.#isBroken) return;
    }
    this.#held = this.#held.slice(); // let go of what was read
  }

  /** `undefined`: not whole yet. A text: what is wrong. */
  #head(): Head | string | undefined {
    const [first, second] = this.#held;
    if (first === undefined || second === undefined) return undefined;
    const isLast = (first & 0x80) !== 0;
    const opcode = first & 0x0f;
    const isControl = opcode >= opcodes.close;
    if ((first & 0x70) !== 0) return 'a frame with reserved bits';
    if (opcode > opcodes.pong || (opcode > opcodes.binary && opcode < opcodes.close)) return 'a frame of no known kind';
    if ((second & 0x80) !== 0) return 'a masked frame';
    const short = second & 0x7f;
    if (isControl && (!isLast || short > 125)) return 'a control frame in pieces, or too long';
    if (opcode === opcodes.text) return 'a text';
    if (opcode === opcodes.continuation && !this.#isInMessage) return 'a piece of no message';
    if (opcode === opcodes.binary && this.#isInMessage) return 'a message within a message';
    const bytes = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (this.#held.length < bytes) return undefined;
    const view = new DataView(this.#held.buffer, this.#held.byteOffset, bytes);
    const size = short === 126 ? view.getUint16(2) : short === 127 ? Number(view.getBigUint64(2)) : short;
    if (!isControl && this.#pieceBytes + size > this.#messageBytesMax) return 'a message of more than 64 KB';
    return { isLast, opcode, size, bytes };
  }

  #data(head: Head, payload: Uint8Array): Told | undefined {
    this.#pieces.push(payload);
    this.#pieceBytes += payload.length;
    this.#isInMessage = !head.isLast;
    // Pieces of nothing would be a list without end.
    if (this.#pieces.length > this.#messageBytesMax) return { kind: 'broken', what: 'a message in too many pieces' };
    if (!head.isLast) return undefined;
    const bytes = this.#pieces.length === 1 ? payload : join(this.#pieces);
    this.#pieces = [];
    this.#pieceBytes = 0;
    return { kind: 'message', bytes };
  }
}

function control(opcode: number, payload: Uint8Array): Told {
  if (opcode === opcodes.ping) return { kind: 'ping', bytes: payload };
  if (opcode === opcodes.pong) return { kind: 'pong' };
  const [high, low] = payload;
  if (high === undefined) return { kind: 'close', code: 0, reason: '' };
  if (low === undefined) return { kind: 'broken', what: 'a close frame with half a code' };
  return { kind: 'close', code: high * 256 + low, reason: new TextDecoder().decode(payload.subarray(2)) };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A frame as clients send it: in one piece, masked by these four bytes. */
export function frameOf(opcode: number, payload: Uint8Array, mask: Uint8Array): Uint8Array {
  const size = payload.length;
  const headBytes = size < 126 ? 2 : size < 0x10000 ? 4 : 10;
  const frame = new Uint8Array(headBytes + 4 + size);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (headBytes === 2 ? size : headBytes === 4 ? 126 : 127);
  if (headBytes === 4) view.setUint16(2, size);
  if (headBytes === 10) view.setBigUint64(2, BigInt(size));
  frame.set(mask, headBytes);
  for (let at = 0; at < size; ++at) frame[headBytes + 4 + at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0);
  return frame;
}
