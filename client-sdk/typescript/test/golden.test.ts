// Every message as it was agreed on (tests/golden), in both encodings; Protobuf's own library judges our table beside it.
import { createRegistry, fromBinary, toJson as toJsonByProtobuf, type DescMessage, createFileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import type { Messages } from '../src/gen/messages.js';
import { decode, encode } from '../src/wire/binary.js';
import { fromJson, toJson } from '../src/wire/json.js';

const repository = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../../../..');
const golden = join(repository, 'tests/golden/data');

function messagesByProtobuf(): (name: string) => DescMessage {
  const folder = mkdtempSync(join(tmpdir(), 'marchwire-golden-'));
  try {
    const out = join(folder, 'set');
    const files = ['domain', 'public', 'ops', 'session'].map((name) => `marchwire/v1/${name}.proto`);
    execFileSync('protoc', [`-I${join(repository, 'proto')}`, '--include_imports', `-o${out}`, ...files]);
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(out)));
    const all = createRegistry(...registry);
    return (name) => {
      const found = all.getMessage(`marchwire.v1.${name}`);
      if (found === undefined) throw new Error(`no message ${name}`);
      return found;
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const messageOf = messagesByProtobuf();

function check<Name extends keyof Messages>(name: Name, bytes: Uint8Array): void {
  const message = decode(name, bytes);
  assert.deepEqual(Buffer.from(encode(name, message)), Buffer.from(bytes), 'the bytes come back as they were');
  const judged = toJsonByProtobuf(messageOf(name), fromBinary(messageOf(name), bytes));
  assert.deepEqual(toJson(name, message), judged, 'read as Protobuf reads it');
  assert.deepEqual(fromJson(name, judged), message, 'read from JSON as from bytes');
}

const namesIn = (folder: string): string[] => readdirSync(join(golden, folder))
  .filter((name) => name.endsWith('.bin')).map((name) => name.slice(0, -4));

for (const folder of ['client', 'command']) {
  for (const name of namesIn(folder)) {
    test(`${folder} ${name} is as it was agreed on`, () => {
      const bytes = readFileSync(join(golden, folder, `${name}.bin`));
      check('ClientMessage', bytes);
      const json: unknown = JSON.parse(readFileSync(join(golden, folder, `${name}.json`), 'utf8'));
      assert.deepEqual(toJson('ClientMessage', decode('ClientMessage', bytes)), json);
    });
  }
}
for (const name of namesIn('item')) {
  test(`item ${name} is as it was agreed on`, () => {
    const bytes = readFileSync(join(golden, 'item', `${name}.bin`));
    check('ServerMessage', bytes);
    const json: unknown = JSON.parse(readFileSync(join(golden, 'item', `${name}.json`), 'utf8'));
    const [item] = decode('ServerMessage', bytes).items;
    assert.ok(item);
    assert.deepEqual(item, fromJson('Item', json));
  });
}
for (const name of namesIn('snapshot')) {
  test(`snapshot ${name} is as it was agreed on`, () => {
    const kind = name.split('.')[0] as 'PublicSnapshot' | 'OpsSnapshot' | 'MarshalSnapshot';
    const bytes = readFileSync(join(golden, 'snapshot', `${name}.bin`));
    check(kind, bytes);
    const json: unknown = JSON.parse(readFileSync(join(golden, 'snapshot', `${name}.json`), 'utf8'));
    assert.deepEqual(decode(kind, bytes), fromJson(kind, json));
  });
}

test('a message that is cut off anywhere is an error, or a shorter message, and nothing else', () => {
  const bytes = readFileSync(join(golden, 'snapshot', 'OpsSnapshot.bin'));
  for (let size = 0; size < bytes.length; ++size) {
    try {
      decode('OpsSnapshot', bytes.subarray(0, size));
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  }
});

test('bytes of chance are an error, or a message, and nothing else', () => {
  let seed = 7;
  const random = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff);
  const whole = readFileSync(join(golden, 'snapshot', 'OpsSnapshot.bin'));
  for (let round = 0; round < 3000; ++round) {
    const bytes = Uint8Array.from(whole);
    for (let change = 0; change < 4; ++change) bytes[random() % bytes.length] = random() & 0xff;
    try {
      decode('OpsSnapshot', bytes);
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  }
});

test('a field and a kind that nobody knows are skipped', () => {
  const known = encode('Ping', { nonce: 5n });
  const bytes = Uint8Array.of(...known, 0xf8, 0x3f, 0x01, 0xfa, 0x3f, 0x02, 0x61, 0x62);
  assert.deepEqual(decode('Ping', bytes), { nonce: 5n });
});

test('a text that is no UTF-8 is no message', () => {
  assert.throws(() => decode('Subscribe', Uint8Array.of(0x0a, 0x02, 0xc3, 0x28)));
});

test('what is written wrong by hand is named by its path', () => {
  assert.throws(() => fromJson('Command', { checkIn: { report: 'ON_THE_MOON' } }), /checkIn\.report/);
  assert.throws(() => fromJson('Command', { checkIn: { batteryPercent: -1 } }), /checkIn\.batteryPercent/);
  assert.throws(() => fromJson('Command', { chekIn: {} }), /chekIn/);
});
