// A queue in one file, for Node: a line of JSON for each thing, appended and synced before it is said to be kept.
// Rewritten when something is to be forgotten; the old bytes are overwritten.
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeptCommand } from '../machine/actions.js';
import { decode, encode } from '../wire/binary.js';
import { fromJson, toJson, type Json } from '../wire/json.js';
import type { OpenedQueue, Queue } from './queue.js';

const form = 1;
const wasteMax = 256 * 1024;

type Line =
  | { form: number; device: string }
  | { keep: string; wall: number; command: Json }
  | { counter: string }
  | { answered: string }
  | { offset: number };

interface Work {
  /** Appended; none: only what was forgotten is to leave the file. */
  readonly line: Line | undefined;
  readonly isSynced: boolean;
  done(): void;
  failed(error: unknown): void;
}

/** One process at a time. The file is made with access for its owner alone. */
export class FileQueue implements Queue {
  readonly #path: string;
  readonly #commands = new Map<bigint, KeptCommand>();
  readonly #answered = new Set<bigint>();
  #device = 0n;
  #counter = 0n;
  #offsetMs: number | undefined;
  #file: FileHandle | undefined;
  #size = 0;
  #work: Work[] = [];
  #isWorking = false;
  #mustRewrite = false;

  /**
   * Touches nothing before `open`.
   * @param path The file, made where it is not there; beside it come `PATH.new` for moments and `PATH.broken`.
   */
  constructor(path: string) {
    this.#path = path;
  }

  /** See {@link Queue.open}. */
  async open(device: bigint | undefined, counter: bigint): Promise<OpenedQueue> {
    const text = await this.#read();
    const problems: string[] = [];
    if (text !== undefined && !this.#load(text)) {
      problems.push(`The queue's file was broken: it is ${this.#path}.broken now.`);
      await rename(this.#path, `${this.#path}.broken`).catch(() => problems.push('It could not be set aside.'));
    }
    if (device !== undefined && this.#device !== 0n && this.#device !== device) {
      throw new Error('The queue\'s file is of another device.');
    }
    if (this.#device === 0n) this.#device = device ?? (randomBytes(8).readBigUInt64LE() || 1n);
    if (counter > this.#counter) this.#counter = counter;
    await this.#rewrite().catch((error: unknown) => {
      this.#mustRewrite = true;
      problems.push(`The queue's file cannot be written: ${error instanceof Error ? error.message : 'unknown'}`);
    });
    const commands = [...this.#commands.values()].sort((a, b) => (a.counter < b.counter ? -1 : 1));
    const problem = problems.length > 0 ? { problem: problems.join(' ') } : {};
    return { device: this.#device, counter: this.#counter, offsetMs: this.#offsetMs, commands, ...problem };
  }

  /** See {@link Queue.keep}. */
  keep(counter: bigint, command: KeptCommand | undefined): Promise<void> {
    if (counter > this.#counter) this.#counter = counter;
    if (command !== undefined) this.#commands.set(counter, command);
    return this.#append(command === undefined ? { counter: String(counter) } : lineOf(command), true);
  }

  /** See {@link Queue.markAnswered}. */
  markAnswered(counter: bigint): Promise<void> {
    if (!this.#commands.has(counter)) return Promise.resolve();
    this.#answered.add(counter);
    // Should the machine lose this, it is asked again, and answered the same.
    return this.#append({ answered: String(counter) }, false);
  }

  /** See {@link Queue.forget}. */
  forget(counters: readonly bigint[]): Promise<void> {
    const gone = counters.filter((counter) => this.#commands.delete(counter));
    for (const counter of gone) this.#answered.delete(counter);
    if (gone.length === 0) return Promise.resolve();
    this.#mustRewrite = true;
    return this.#append(undefined, true);
  }

  /** See {@link Queue.keepOffset}. */
  keepOffset(offsetMs: number): Promise<void> {
    this.#offsetMs = offsetMs;
    return this.#append({ offset: offsetMs }, false);
  }

  /** See {@link Queue.close}. */
  async close(): Promise<void> {
    await this.#append(undefined, true).catch(() => undefined);
    await this.#file?.close();
    this.#file = undefined;
  }

  // ---- reading ------------------------------------------------------------------------------------

  async #read(): Promise<string | undefined> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** False where a line is none. What is behind the last line break was cut off by a kill, and was promised to nobody. */
  #load(text: string): boolean {
    const lines = text.split('\n');
    const torn = lines.pop() ?? '';
    const head = '{"form":';
    let isWell = lines.length > 0 || torn.startsWith(head) || head.startsWith(torn);
    for (const [at, line] of lines.entries()) isWell = this.#loadLine(line, at === 0) && isWell;
    return isWell;
  }

  #loadLine(text: string, isFirst: boolean): boolean {
    let line: Partial<Record<string, unknown>>;
    try {
      line = JSON.parse(text) as typeof line;
      if (isFirst) {
        this.#device = BigInt(line['device'] as string);
        return line['form'] === form;
      }
      if (typeof line['offset'] === 'number') this.#offsetMs = line['offset'];
      const used = BigInt((line['keep'] ?? line['counter'] ?? line['answered'] ?? 0) as string);
      if (used > this.#counter) this.#counter = used;
      if (line['answered'] !== undefined) this.#commands.delete(used);
      if (line['keep'] === undefined) return true;
      const bytes = encode('Command', fromJson('Command', line['command']));
      this.#commands.set(used, { counter: used, bytes, madeWall: Number(line['wall']) });
      return true;
    } catch {
      return false;
    }
  }

  // ---- writing ------------------------------------------------------------------------------------

  #append(line: Line | undefined, isSynced: boolean): Promise<void> {
    return new Promise((done, failed) => {
      this.#work.push({ line, isSynced, done, failed });
      if (!this.#isWorking) void this.#doWork();
    });
  }

  /** What gathers while one batch is on its way to the disk goes as the next. */
  async #doWork(): Promise<void> {
    this.#isWorking = true;
    while (this.#work.length > 0) {
      const batch = this.#work;
      this.#work = [];
      try {
        await this.#write(batch);
        for (const work of batch) work.done();
      } catch (error) {
        // Half a line may stand there now: nothing is appended behind it.
        this.#mustRewrite = true;
        for (const work of batch) work.failed(error);
      }
    }
    this.#isWorking = false;
  }

  async #write(batch: readonly Work[]): Promise<void> {
    const lines = batch.flatMap((work) => (work.line === undefined ? [] : [JSON.stringify(work.line) + '\n']));
    // Whatever these lines say is in memory already.
    if (this.#mustRewrite || this.#file === undefined || this.#size > wasteMax) return this.#rewrite();
    if (lines.length === 0) return;
    const bytes = new TextEncoder().encode(lines.join(''));
    await writeAll(this.#file, bytes, this.#size);
    this.#size += bytes.length;
    if (batch.some((work) => work.isSynced)) await this.#file.datasync();
  }

  async #rewrite(): Promise<void> {
    const lines: Line[] = [{ form, device: String(this.#device) }, { counter: String(this.#counter) }];
    if (this.#offsetMs !== undefined) lines.push({ offset: this.#offsetMs });
    for (const command of this.#commands.values()) lines.push(lineOf(command));
    for (const counter of this.#answered) lines.push({ answered: String(counter) });
    const bytes = new TextEncoder().encode(lines.map((line) => JSON.stringify(line) + '\n').join(''));
    const fresh = await open(`${this.#path}.new`, 'w', 0o600);
    const old = await open(this.#path, 'r+').catch(() => undefined);
    try {
      await writeAll(fresh, bytes, 0);
      await fresh.sync();
      await rename(`${this.#path}.new`, this.#path);
      await syncFolder(dirname(this.#path));
    } catch (error) {
      await fresh.close();
      await old?.close();
      throw error;
    }
    await this.#file?.close();
    this.#file = fresh;
    this.#size = bytes.length;
    this.#mustRewrite = false;
    if (old !== undefined) await overwrite(old);
  }
}

function lineOf({ counter, bytes, madeWall }: KeptCommand): Line {
  return { keep: String(counter), wall: madeWall, command: toJson('Command', decode('Command', bytes)) };
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    if (bytesWritten === 0) throw new Error('the disk takes no byte');
    at += bytesWritten;
  }
}

/** The old file has no name any more; its bytes are not to lie about. What fails here is no loss. */
async function overwrite(old: FileHandle): Promise<void> {
  try {
    const { size } = await old.stat();
    await writeAll(old, new Uint8Array(size), 0);
    await old.datasync();
  } catch {
    // The new file stands, which is what was promised.
  } finally {
    await old.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
