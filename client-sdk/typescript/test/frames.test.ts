// RFC 6455 from the client's side, without a socket.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameReader, frameOf, opcodes, type Told } from '../src/shell/frames.js';

/** As servers send them: not masked. */
function frame(opcode: number, payload: Uint8Array, isLast = true): Uint8Array {
  const size = payload.length;
  const head = size < 126 ? [size] : size < 0x10000 ? [126, size >> 8, size & 0xff] : [127, 0, 0, 0, 0, 0, size >> 16, (size >> 8) & 0xff, size & 0xff];
  return Uint8Array.of((isLast ? 0x80 : 0) | opcode, ...head, ...payload);
}
const bytes = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, at) => at & 0xff);
const read = (...all: Uint8Array[]): Told[] => {
  const reader = new FrameReader(64 * 1024);
  return all.flatMap((one) => [...reader.read(one)]);
};

for (const size of [0, 1, 125, 126, 127, 65_535, 65_536]) {
  test(`a message of ${size} bytes is read, a byte at a time as well`, () => {
    const whole = frame(opcodes.binary, bytes(size));
    assert.deepEqual(read(whole), [{ kind: 'message', bytes: bytes(size) }]);
    if (size > 1000) return;
    assert.deepEqual(read(...[...whole].map((one) => Uint8Array.of(one))), [{ kind: 'message', bytes: bytes(size) }]);
  });
}

test('a message in pieces with a ping between them is one message, behind the ping', () => {
  const told = read(
    frame(opcodes.binary, Uint8Array.of(1, 2), false), frame(opcodes.ping, Uint8Array.of(9)),
    frame(opcodes.continuation, Uint8Array.of(3), false), frame(opcodes.continuation, new Uint8Array(0)),
  );
  assert.deepEqual(told, [{ kind: 'ping', bytes: Uint8Array.of(9) }, { kind: 'message', bytes: Uint8Array.of(1, 2, 3) }]);
});

const broken: Record<string, Uint8Array[]> = {
  'more than 64 KB': [frame(opcodes.binary, bytes(65_537))],
  'more than 64 KB in pieces': [frame(opcodes.binary, bytes(65_536), false), frame(opcodes.continuation, bytes(1))],
  'a text': [frame(opcodes.text, Uint8Array.of(97))],
  'reserved bits': [Uint8Array.of(0xc2, 0)],
  'an opcode that nobody knows': [Uint8Array.of(0x83, 0)],
  'a mask': [Uint8Array.of(0x82, 0x80, 0, 0, 0, 0)],
  'a ping in pieces': [Uint8Array.of(0x09, 0)],
  'a ping that is too long': [Uint8Array.of(0x89, 126, 0, 126)],
  'a piece of no message': [frame(opcodes.continuation, Uint8Array.of(1))],
  'a message within a message': [frame(opcodes.binary, Uint8Array.of(1), false), frame(opcodes.binary, Uint8Array.of(1))],
  'half a close code': [frame(opcodes.close, Uint8Array.of(3))],
};
for (const [name, frames] of Object.entries(broken)) {
  test(`${name}: nothing behind it is read`, () => {
    const told = read(...frames, frame(opcodes.binary, Uint8Array.of(1)));
    assert.deepEqual(told.map((one) => one.kind), ['broken']);
  });
}

test('a close frame says its code and reason, and is the end', () => {
  const reason = new TextEncoder().encode('gone');
  const told = read(frame(opcodes.close, Uint8Array.of(0x0f, 0xa3, ...reason)), frame(opcodes.binary, Uint8Array.of(1)));
  assert.deepEqual(told, [{ kind: 'close', code: 4003, reason: 'gone' }]);
  assert.deepEqual(read(frame(opcodes.close, new Uint8Array(0))), [{ kind: 'close', code: 0, reason: '' }]);
});

test('what the client sends is masked, in each of the three forms of a length', () => {
  for (const [size, head] of [[5, 2], [126, 4], [65_536, 10]] as const) {
    const sent = frameOf(opcodes.binary, bytes(size), Uint8Array.of(1, 2, 3, 4));
    assert.equal(sent.length, head + 4 + size);
    assert.equal((sent[1] ?? 0) & 0x80, 0x80);
    const payload = sent.slice(head + 4).map((byte, at) => byte ^ ((at & 3) + 1));
    assert.deepEqual(payload, bytes(size));
  }
});
