// A small WebSocket server of the tests: upgrades, reads masked frames, says what it is told to.
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { decode, encode, make } from '../src/wire/binary.js';
import { fromJson } from '../src/wire/json.js';
import type { ClientMessage } from '../src/gen/messages.js';

export class Guest {
  readonly messages: ClientMessage['message'][] = [];
  readonly closes: number[] = [];
  pongs = 0;
  onMessage: (message: ClientMessage['message']) => void = () => undefined;
  #held = Buffer.alloc(0);

  constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
  }

  /** Items as in the JSON mapping. */
  say(...items: unknown[]): void {
    this.frame(0x82, encode('ServerMessage', make('ServerMessage', { items: items.map((item) => fromJson('Item', item)) })));
  }
  frame(first: number, payload: Uint8Array): void {
    const size = payload.length;
    const head = size < 126 ? [first, size] : [first, 126, size >> 8, size & 0xff];
    this.socket.write(Buffer.concat([Buffer.from(head), payload]));
  }

  #read(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    for (;;) {
      const [first = 0, second = 0] = this.#held;
      const short = second & 0x7f;
      const head = short === 126 ? 4 : 2;
      if (this.#held.length < head + 4) return;
      const size = short === 126 ? this.#held.readUInt16BE(2) : short;
      if (this.#held.length < head + 4 + size) return;
      const mask = this.#held.subarray(head, head + 4);
      const payload = Uint8Array.from(this.#held.subarray(head + 4, head + 4 + size), (byte, at) => byte ^ (mask[at & 3] ?? 0));
      this.#held = this.#held.subarray(head + 4 + size);
      if ((first & 0x0f) === 8) this.closes.push(((payload[0] ?? 0) << 8) | (payload[1] ?? 0));
      if ((first & 0x0f) === 10) this.pongs += 1;
      if ((first & 0x0f) !== 2) continue;
      const { message } = decode('ClientMessage', payload);
      this.messages.push(message);
      this.onMessage(message);
    }
  }
}

export class WsServer {
  readonly guests: Guest[] = [];
  onGuest: (guest: Guest) => void = () => undefined;
  /** Answered in place of an upgrade. */
  status = 0;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer();
    this.#server.on('upgrade', (request, socket: Socket) => {
      if (this.status !== 0) return void socket.resume().end(`HTTP/1.1 ${this.status} No\r\nConnection: close\r\n\r\n`);
      const key = String(request.headers['sec-websocket-key']);
      const accept = createHash('sha1').update(key + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: marchwire.v1.proto\r\n\r\n`);
      const guest = new Guest(socket);
      this.guests.push(guest);
      this.onGuest(guest);
    });
  }

  static async start(): Promise<WsServer> {
    const server = new WsServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }
  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1/ops`;
  }
  async stop(): Promise<void> {
    for (const guest of this.guests) guest.socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const welcome = { welcome: { protocol: 1, serverTimeMs: '1528992000000', clockRate: 1, limits: { deadAfterMs: 60_000 } } };
