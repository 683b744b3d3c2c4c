// Where commands outlive the process: SPEC.md, (F).
import type { KeptCommand } from '../machine/actions.js';

/** What a queue held when it was opened. */
export interface OpenedQueue {
  /** The device whose commands these are. */
  readonly device: bigint;
  /** The last counter that this device used. */
  readonly counter: bigint;
  /** By how many milliseconds the server's clock was ahead of this device's, last; `undefined`: never heard. */
  readonly offsetMs: number | undefined;
  /** In order of their counters. */
  readonly commands: readonly KeptCommand[];
  /** A broken one was set aside, and this one is new: why. */
  readonly problem?: string;
}

/**
 * A durable place for commands. None of its methods is called before `open` has come back; then calls may overlap, and
 * take effect in the order in which they were made. A rejection is told to the app as the fault STORAGE; the command goes
 * out all the same.
 */
export interface Queue {
  /**
   * @param device The app's, where it keeps one itself; `undefined`: the queue's own, drawn when it is new.
   * @param counter The last counter that the app knows of.
   * @throws where it cannot be used at all, or is another device's.
   */
  open(device: bigint | undefined, counter: bigint): Promise<OpenedQueue>;
  /** Comes back when not even the end of the process loses it. The counter is used from then on. */
  keep(counter: bigint, command: KeptCommand | undefined): Promise<void>;
  /** It was answered: the next `open` does not give it again, and deletes it. */
  markAnswered(counter: bigint): Promise<void>;
  /** Deletes these. */
  forget(counters: readonly bigint[]): Promise<void>;
  /** The clock's offset, in milliseconds. */
  keepOffset(offsetMs: number): Promise<void>;
  /** Nothing is asked of it any more. */
  close(): Promise<void>;
}

/** Keeps nothing beyond this process: for tests, and for apps that want `kept` without a file. */
export class MemoryQueue implements Queue {
  readonly #commands = new Map<bigint, KeptCommand>();
  #device: bigint;
  #counter = 0n;
  #offsetMs: number | undefined;

  /**
   * An empty one.
   * @param device Not 0.
   */
  constructor(device: bigint) {
    this.#device = device;
  }

  /** See {@link Queue.open}. */
  open(device: bigint | undefined, counter: bigint): Promise<OpenedQueue> {
    this.#device = device ?? this.#device;
    if (counter > this.#counter) this.#counter = counter;
    const commands = [...this.#commands.values()].sort((a, b) => (a.counter < b.counter ? -1 : 1));
    return Promise.resolve({ device: this.#device, counter: this.#counter, offsetMs: this.#offsetMs, commands });
  }

  /** See {@link Queue.keep}. */
  keep(counter: bigint, command: KeptCommand | undefined): Promise<void> {
    if (counter > this.#counter) this.#counter = counter;
    if (command !== undefined) this.#commands.set(counter, command);
    return Promise.resolve();
  }

  /** See {@link Queue.markAnswered}. */
  markAnswered(counter: bigint): Promise<void> {
    this.#commands.delete(counter);
    return Promise.resolve();
  }

  /** See {@link Queue.forget}. */
  forget(counters: readonly bigint[]): Promise<void> {
    for (const counter of counters) this.#commands.delete(counter);
    return Promise.resolve();
  }

  /** See {@link Queue.keepOffset}. */
  keepOffset(offsetMs: number): Promise<void> {
    this.#offsetMs = offsetMs;
    return Promise.resolve();
  }

  /** See {@link Queue.close}. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
