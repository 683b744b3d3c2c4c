// What the machine is told once, at its beginning.

export interface MachineSettings {
  readonly token: string;
  readonly hasProvider: boolean;
  /** A device's key signs each log-in. */
  readonly signs: boolean;
  readonly device: bigint;
  readonly counter: bigint;
  readonly name: string;
  readonly retryFirstMs: number;
  readonly retryMostMs: number;
  readonly commandsWaiting: number;
  /** There is a queue that outlives the process. */
  readonly isStored: boolean;
  readonly offsetMs: number | undefined;
  /** Draws evenly from 0 to 1. */
  readonly random: () => number;
}
