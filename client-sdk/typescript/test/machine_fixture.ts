// A machine with a clock that the test moves, and a server that the test plays.
import { decode, encode, make } from '../src/wire/binary.js';
import { fromJson } from '../src/wire/json.js';
import type { Action, Moment } from '../src/machine/actions.js';
import type { ClientEvent } from '../src/machine/events.js';
import { Machine } from '../src/machine/machine.js';
import type { MachineSettings } from '../src/machine/settings.js';
import type { ClientMessage, Command } from '../src/gen/messages.js';

export const settings: MachineSettings = {
  token: '', hasProvider: false, signs: false, device: 7n, counter: 0n, name: 'test', retryFirstMs: 500, retryMostMs: 30_000,
  commandsWaiting: 1_000, isStored: false, offsetMs: undefined, random: () => 1,
};
export const checkIn: Command['body'] = { case: 'checkIn', value: make('CheckIn', { report: 'ON_POST' }) };
export const serverTimeMs = 1_528_992_000_000;

export class Table {
  readonly machine: Machine;
  now: Moment = { steady: 1_000, wall: 5_000_000 };
  actions: Action[] = [];

  constructor(changed: Partial<MachineSettings> = {}) {
    this.machine = new Machine({ ...settings, ...changed });
  }

  /** Both clocks go on. */
  pass(ms: number): void {
    this.now = { steady: this.now.steady + ms, wall: this.now.wall + ms };
  }
  do(actions: Action[]): this {
    this.actions = actions;
    return this;
  }
  tick(): this {
    return this.do(this.machine.onTick(this.now));
  }
  /** Until the next tick is due, and it. */
  wait(): this {
    const at = this.machine.nextTick();
    if (at === undefined) throw new Error('it waits for nothing');
    this.pass(at - this.now.steady);
    return this.tick();
  }
  command(body = checkIn): this {
    return this.do(this.machine.command('c/m', body, 'LEVEL_NONE', this.now, 1));
  }
  /** Items as in the JSON mapping. */
  hear(...items: unknown[]): this {
    const message = make('ServerMessage', { items: items.map((item) => fromJson('Item', item)) });
    return this.do(this.machine.onMessage(encode('ServerMessage', message), this.now));
  }
  connect(): this {
    this.do(this.machine.connect(this.now));
    return this.do(this.machine.onConnected(this.now));
  }
  online(): this {
    return this.connect().hear({ welcome: { protocol: 1, serverTimeMs: String(serverTimeMs), limits: { deadAfterMs: 60_000 } } });
  }
  get told(): ClientEvent[] {
    return this.actions.flatMap((action) => (action.do === 'tell' ? [action.event] : []));
  }
  get kinds(): string[] {
    return this.told.map((event) => (event.kind === 'state' ? event.state : event.kind === 'fault' ? event.fault : event.kind));
  }
  get said(): ClientMessage['message'][] {
    return this.actions.flatMap((action) => (action.do === 'send' ? [decode('ClientMessage', action.bytes).message] : []));
  }
  get commands(): Command[] {
    return this.said.flatMap((message) => (message.case === 'command' ? [message.value] : []));
  }
  get waitsMs(): number | undefined {
    const state = this.told.find((event) => event.kind === 'state');
    return state?.kind === 'state' ? state.retryInMs : undefined;
  }
}

export const notice = (seq: number, prev = seq - 1): unknown => ({
  topic: 65_537, position: { epoch: 1, seq: String(seq), digest: String(seq * 11) }, prev: String(prev),
  publicItem: { notice: { number: seq, text: `notice ${seq}` } },
});
export const opened = { subscribed: { feed: 'public/c/m', topics: [65_537] } };
export function snapshot(seq: number): unknown {
  const bytes = encode('PublicSnapshot', make('PublicSnapshot', { campaign: 'c', march: 'm' }));
  return {
    snapshotPiece: {
      feed: 'public/c/m', position: { epoch: 1, seq: String(seq), digest: String(seq * 11) }, piece: 0, pieces: 1, bytes,
    },
  };
}
