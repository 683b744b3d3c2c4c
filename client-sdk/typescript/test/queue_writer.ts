// Keeps commands until it is killed, and says of each that it is kept. Every third one is answered at once.
import { FileQueue } from '../src/shell/file_queue.js';
import { encode, make } from '../src/wire/binary.js';

const queue = new FileQueue(process.argv[2] ?? '');
const opened = await queue.open(7n, 0n);
for (let counter = opened.counter + 1n; ; ++counter) {
  const id = make('CommandId', { device: 7n, counter });
  const body = { case: 'checkIn' as const, value: make('CheckIn', { report: 'ON_POST' }) };
  const bytes = encode('Command', make('Command', { id, log: 'c/m', madeAtMs: 5, body }));
  await queue.keep(counter, { counter, bytes, madeWall: 1_000 });
  if (counter % 3n === 0n) await queue.markAnswered(counter);
  if (counter % 30n === 0n) await queue.forget([counter]);
  process.stdout.write(`${counter}\n`);
}
