// The driver of the scenarios (client-sdk/vectors/README.md): does what it is told, says what it is told.
import { createInterface } from 'node:readline';
import {
  Client, fromJson, FileQueue, toJson, WebCryptoKey, type ClientEvent, type ClientSettings, type CommandInit, type FeedName,
  type FixInit, type TokenAnswer,
} from '../src/node.js';
import type { Accepted, Position, ServerError } from '../src/node.js';

interface Settings {
  token?: string;
  tokens?: (string | { token: string; lives_ms?: number })[];
  device?: string;
  counter?: string;
  signs?: boolean;
  retry_first_ms?: number;
  retry_most_ms?: number;
  commands_waiting?: number;
  queue?: string;
}
type Line = Record<string, unknown>;

function say(event: Line): void {
  process.stdout.write(JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) + '\n');
}

const errorOf = (error: ServerError): Line => ({ code: error.code, field: error.field, message: error.message });
const acceptedOf = (accepted: Accepted): Line => ({ level: accepted.level, made: String(accepted.made) });

function lineOf(event: ClientEvent): Line {
  switch (event.kind) {
    case 'state': {
      const { state, retryInMs, reason, error } = event;
      return {
        event: 'state', state, ...(retryInMs === undefined ? {} : { retry_in_ms: retryInMs }),
        ...(reason === undefined ? {} : { reason }), ...(error === undefined ? {} : { error: errorOf(error) }),
      };
    }
    case 'snapshot': return { event: 'snapshot', feed: event.feed };
    case 'item': {
      const seq = event.item.position === undefined ? {} : { seq: String(event.item.position.seq) };
      return { event: 'item', feed: event.feed, ...seq, item: toJson('Item', event.item) };
    }
    case 'gap': return { event: 'gap', feed: event.feed, held: String(event.held), missing: String(event.missing) };
    case 'discontinuity': return { event: 'discontinuity', feed: event.feed, reason: event.reason };
    case 'skipped': return { event: 'skipped', feed: event.feed, keys: event.keys };
    case 'refused': return { event: 'refused', feed: event.feed, error: errorOf(event.error) };
    case 'kept': return { event: 'kept', id: idOf(event.id), durable: event.durable };
    case 'reply': {
      const outcome = event.accepted === undefined ? {} : { accepted: acceptedOf(event.accepted) };
      return { event: 'reply', id: idOf(event.id), ...outcome, ...(event.error === undefined ? {} : { error: errorOf(event.error) }) };
    }
    case 'lost': return { event: 'lost', id: idOf(event.id), error: errorOf(event.error) };
    case 'error': return { event: 'error', error: errorOf(event.error) };
    case 'fault': return { event: 'fault', kind: event.fault, message: event.message };
  }
}

function idOf(id: { device: bigint; counter: bigint }): Line {
  return { device: String(id.device), counter: String(id.counter) };
}

async function settingsOf(url: string, line: Settings): Promise<ClientSettings> {
  const settings: ClientSettings = { url };
  if (line.token !== undefined) settings.token = line.token;
  if (line.tokens !== undefined) settings.token = providerOf(line.tokens);
  if (line.device !== undefined) settings.device = BigInt(line.device);
  if (line.counter !== undefined) settings.counter = BigInt(line.counter);
  if (line.signs === true) settings.key = await WebCryptoKey.generate();
  if (line.retry_first_ms !== undefined) settings.retryFirstMs = line.retry_first_ms;
  if (line.retry_most_ms !== undefined) settings.retryMostMs = line.retry_most_ms;
  if (line.commands_waiting !== undefined) settings.commandsWaiting = line.commands_waiting;
  if (line.queue !== undefined) settings.queue = new FileQueue(line.queue);
  return settings;
}

/** One after the other; the last again and again. `lives_ms`: from when it is given. */
function providerOf(tokens: NonNullable<Settings['tokens']>): () => string | TokenAnswer {
  let at = 0;
  return () => {
    const one = tokens[Math.min(at, tokens.length - 1)] ?? '';
    at += 1;
    if (typeof one === 'string') return one;
    return { token: one.token, expiresAtMs: one.lives_ms === undefined ? 0 : Date.now() + one.lives_ms };
  };
}

class Driver {
  readonly #client: Client;
  readonly #throws = new Set<string>();
  readonly #reenters = new Set<string>();

  constructor(settings: ClientSettings) {
    this.#client = new Client(settings);
    const kinds = [
      'state', 'snapshot', 'item', 'gap', 'discontinuity', 'skipped', 'refused', 'kept', 'reply', 'lost', 'error', 'fault',
    ] as const;
    for (const kind of kinds) this.#client.on(kind, (event) => this.#hear(event));
  }

  #hear(event: ClientEvent): void {
    say(lineOf(event));
    if (this.#reenters.has(event.kind)) {
      this.#client.subscribe('overview/c');
      if ('feed' in event) this.#sayState(event.feed as FeedName);
    }
    if (this.#throws.has(event.kind)) throw new Error('as I was told to');
  }

  #sayState(feed: FeedName): void {
    const position = this.#client.position(feed);
    const json = this.#client.json(feed) ?? null;
    say({ event: 'state_of', feed, position: position === undefined ? null : String(position.seq), json });
  }

  take(line: Line): void {
    const [[name, value] = ['', undefined]] = Object.entries(line);
    switch (name) {
      case 'connect': this.#client.connect(); break;
      case 'close': this.#client.close(); break;
      case 'drop': this.#client.drop(); break;
      case 'subscribe': this.#subscribe(value as FeedName | { feed: FeedName; resume?: unknown }); break;
      case 'unsubscribe': this.#client.unsubscribe(value as FeedName); break;
      case 'command': {
        const { log = '', minLevel, ...body } = value as { log?: string; minLevel?: 'STORED' };
        const options = minLevel === undefined ? {} : { minLevel };
        this.#client.command(log, body as unknown as CommandInit, options);
        break;
      }
      case 'report_position': {
        const { march, fixes } = fromJson('ReportPosition', value);
        this.#client.reportPosition(march, fixes.map((fix): FixInit => ({
          lat: (fix.at?.latE7 ?? 0) / 1e7, lon: (fix.at?.lonE7 ?? 0) / 1e7, accuracyMetres: fix.accuracyMetres, atMs: fix.fixAtMs,
        })));
        break;
      }
      case 'screen': this.#client.screen((value as { off?: boolean }).off === true); break;
      case 'state': this.#sayState(value as FeedName); break;
      case 'throw': this.#throws.add(value as string); break;
      case 'reenter': this.#reenters.add(value as string); break;
      default: throw new Error(`no line of a driver: ${JSON.stringify(line)}`);
    }
  }

  #subscribe(wish: FeedName | { feed: FeedName; resume?: unknown }): void {
    if (typeof wish === 'string') return this.#client.subscribe(wish);
    const resume: Position | undefined = wish.resume === undefined ? undefined : fromJson('Position', wish.resume);
    this.#client.subscribe(wish.feed, resume);
  }
}

const lines = createInterface({ input: process.stdin });
let driver: Driver | undefined;
let work = Promise.resolve();
lines.on('line', (text) => {
  work = work.then(async () => {
    const line = JSON.parse(text) as Line;
    if (driver === undefined) driver = new Driver(await settingsOf(process.argv[2] ?? '', line));
    else driver.take(line);
  });
});
lines.on('close', () => {
  void work.then(() => process.exit(0));
});
