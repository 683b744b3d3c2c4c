// The queue's file (SPEC.md, F): cut at every byte, killed at any moment, broken, another device's, full.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { FileQueue } from '../src/shell/file_queue.js';
import { encode, make } from '../src/wire/binary.js';
import type { KeptCommand } from '../src/machine/actions.js';
import type { OpenedQueue } from '../src/shell/queue.js';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'marchwire-queue-'));
  path = join(folder, 'queue');
});
afterEach(() => rmSync(folder, { recursive: true }));

function command(counter: bigint, description = 'a fall'): KeptCommand {
  const id = make('CommandId', { device: 7n, counter });
  const body = { case: 'reportIncident' as const, value: make('ReportIncident', { description }) };
  return { counter, bytes: encode('Command', make('Command', { id, log: 'c/m', madeAtMs: 5, body })), madeWall: 1_000 };
}

/** What another run would find. */
async function reopened(device: bigint | undefined = 7n): Promise<OpenedQueue> {
  const queue = new FileQueue(path);
  const opened = await queue.open(device, 0n);
  await queue.close();
  return opened;
}

test('what is kept is there again, in order, with the counter and the clock', async () => {
  const queue = new FileQueue(path);
  const fresh = await queue.open(undefined, 0n);
  await Promise.all([queue.keep(1n, command(1n)), queue.keep(2n, undefined), queue.keep(3n, command(3n)), queue.keepOffset(-40)]);
  await queue.close();
  const again = await reopened(fresh.device);
  assert.deepEqual(again, { device: fresh.device, counter: 3n, offsetMs: -40, commands: [command(1n), command(3n)] });
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a file that is cut off at any byte holds all that was whole, and nothing else', async () => {
  const queue = new FileQueue(path);
  await queue.open(7n, 0n);
  for (let counter = 1n; counter <= 4n; ++counter) await queue.keep(counter, command(counter));
  await queue.close();
  const whole = readFileSync(path);
  for (let size = 0; size <= whole.length; ++size) {
    const text = whole.subarray(0, size).toString('latin1');
    const expected = text.split('\n').slice(0, -1).filter((line) => line.startsWith('{"keep"')).length;
    writeFileSync(path, whole.subarray(0, size));
    const torn = new FileQueue(path);
    const opened = await torn.open(7n, 0n);
    assert.equal(opened.commands.length, expected, `cut after ${size} bytes`);
    assert.equal(opened.problem, undefined, `cut after ${size} bytes`);
    await torn.keep(9n, command(9n));
    await torn.close();
    assert.equal((await reopened()).commands.length, expected + 1, 'and takes more');
  }
});

test('an answered one is not given again, and its bytes are gone', async () => {
  const queue = new FileQueue(path);
  await queue.open(7n, 0n);
  await Promise.all([queue.keep(1n, command(1n, 'a lost shoe')), queue.keep(2n, command(2n))]);
  assert.ok(readFileSync(path, 'utf8').includes('a lost shoe'));
  await queue.markAnswered(1n);
  await queue.close();
  const again = new FileQueue(path);
  assert.deepEqual((await again.open(7n, 0n)).commands, [command(2n)]);
  assert.ok(!readFileSync(path, 'utf8').includes('a lost shoe'));
  await again.forget([2n]);
  assert.ok(!readFileSync(path, 'utf8').includes('a fall'));
  await again.close();
  assert.equal((await reopened()).counter, 2n, 'a counter is never used again');
});

test('a file of another device is not touched; a broken one is set aside, with what can be read of it kept', async () => {
  const queue = new FileQueue(path);
  await queue.open(7n, 0n);
  await queue.keep(1n, command(1n));
  await queue.close();
  const before = readFileSync(path);
  await assert.rejects(new FileQueue(path).open(8n, 0n));
  assert.deepEqual(readFileSync(path), before);
  writeFileSync(path, Buffer.concat([before, Buffer.from('no line\n')]));
  const opened = await reopened();
  assert.match(opened.problem ?? '', /broken/);
  assert.deepEqual(opened.commands, [command(1n)]);
  assert.ok(existsSync(`${path}.broken`));
});

test('a folder that is not there is told, and nothing is promised', async () => {
  const queue = new FileQueue(join(folder, 'no', 'queue'));
  const opened = await queue.open(7n, 3n);
  assert.match(opened.problem ?? '', /cannot be written/);
  await assert.rejects(queue.keep(4n, command(4n)));
});

test('a thousand that come together are kept in a second', async () => {
  const queue = new FileQueue(path);
  await queue.open(7n, 0n);
  const started = performance.now();
  await Promise.all(Array.from({ length: 1_000 }, (_, at) => queue.keep(BigInt(at + 1), command(BigInt(at + 1)))));
  assert.ok(performance.now() - started < 1_000);
  await queue.close();
});

test('killed at random moments, nothing is lost that was said to be kept', async () => {
  const rounds = Number(process.env['MARCHWIRE_KILLS'] ?? 10);
  const writer = new URL('./queue_writer.js', import.meta.url).pathname;
  let promised = 0n;
  for (let round = 0; round < rounds; ++round) {
    const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    child.stdout.on('data', (bytes: Buffer) => (told += String(bytes)));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const last = told.split('\n').slice(0, -1).at(-1);
    if (last !== undefined) promised = BigInt(last);
    const queue = new FileQueue(path);
    const opened = await queue.open(7n, 0n);
    await queue.close();
    assert.equal(opened.problem, undefined);
    const held = new Set(opened.commands.map((one) => one.counter));
    for (let counter = 1n; counter <= promised; ++counter) {
      if (counter % 3n !== 0n) assert.ok(held.has(counter), `${counter} of ${promised}`);
    }
  }
  assert.ok(promised > 0n);
});
