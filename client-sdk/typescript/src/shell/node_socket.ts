// A WebSocket client for Node, over the upgrade of node:http: RFC 6455 without extensions.
import { createHash, randomBytes } from 'node:crypto';
import { request as requestPlain, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Socket as Stream } from 'node:net';
import { FrameReader, frameOf, opcodes } from './frames.js';
import { messageBytesMax, queueBytesMax, subprotocol, type Socket, type SocketEvents } from './socket.js';

const goodbyeMs = 2_000;
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** @param ca PEM, believed in TLS in place of what the system trusts. */
export function dialNode(url: string, events: SocketEvents, ca?: string): Socket {
  const socket = new NodeSocket(events);
  socket.start(url, ca);
  return socket;
}

class NodeSocket implements Socket {
  readonly #events: SocketEvents;
  readonly #reader = new FrameReader(messageBytesMax);
  #request: ClientRequest | undefined;
  #stream: Stream | undefined;
  #isSilent = false;
  #hasSaidClose = false;

  constructor(events: SocketEvents) {
    this.#events = events;
  }

  start(url: string, ca: string | undefined): void {
    const key = randomBytes(16).toString('base64');
    try {
      const target = new URL(url.replace(/^ws(s?):/, 'http$1:'));
      const options = {
        headers: {
          'connection': 'Upgrade', 'upgrade': 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': key,
          'sec-websocket-protocol': subprotocol,
        },
        agent: false as const,
        ...(ca === undefined ? {} : { ca }),
      };
      this.#request = target.protocol === 'https:' ? requestSecure(target, options) : requestPlain(target, options);
    } catch (error) {
      const why = error instanceof Error ? error.message : 'no address';
      queueMicrotask(() => this.#end(0, why));
      return;
    }
    this.#request.on('error', (error) => this.#end(0, error.message));
    this.#request.on('response', (answer: IncomingMessage) => {
      answer.destroy();
      if (this.#isSilent) return;
      this.#isSilent = true;
      this.#events.refused(answer.statusCode ?? 0);
    });
    this.#request.on('upgrade', (answer: IncomingMessage, stream: Stream, head: Buffer) => {
      this.#onUpgraded(answer, stream, head, key);
    });
    this.#request.end();
  }

  #onUpgraded(answer: IncomingMessage, stream: Stream, head: Buffer, key: string): void {
    this.#stream = stream;
    // An error without a listener would end the process.
    stream.on('error', (error) => this.#end(0, error.message));
    stream.on('close', () => this.#end(0, 'the connection was lost'));
    if (this.#isSilent) return void stream.destroy();
    const wanted = createHash('sha1').update(key + magic).digest('base64');
    if (answer.headers['sec-websocket-accept'] !== wanted) return this.#end(0, 'the answer to the upgrade is not of this key');
    if (answer.headers['sec-websocket-protocol'] !== subprotocol) return this.#end(0, `the server does not speak ${subprotocol}`);
    stream.setNoDelay(true);
    stream.setTimeout(0);
    this.#events.connected();
    stream.on('data', (bytes: Buffer) => this.#onBytes(bytes));
    if (head.length > 0) this.#onBytes(head);
  }

  #onBytes(buffer: Buffer): void {
    if (this.#isSilent) return;
    const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    for (const told of this.#reader.read(bytes)) {
      if (this.#isSilent) return;
      switch (told.kind) {
        case 'message': this.#events.message(told.bytes); break;
        case 'ping':
          this.#write(opcodes.pong, told.bytes);
          this.#events.heard();
          break;
        case 'pong': this.#events.heard(); break;
        case 'broken': this.#events.garbage(told.what); return;
        case 'close':
          this.#sayClose(told.code === 0 ? 1000 : told.code);
          this.#end(told.code, told.reason);
          return;
      }
    }
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isSilent || this.#stream === undefined) return;
    this.#write(opcodes.binary, bytes);
    if (this.#stream.writableLength > queueBytesMax) this.#end(0, 'more waits to be sent than is kept: the network is too slow');
  }

  hangUp(): void {
    this.#isSilent = true;
    if (this.#stream === undefined) return void this.#request?.destroy();
    this.#sayClose(1000);
    this.#leave();
  }

  drop(): void {
    this.#isSilent = true;
    this.#request?.destroy();
    this.#stream?.destroy();
  }

  #write(opcode: number, bytes: Uint8Array): void {
    if (this.#stream?.writable === true) this.#stream.write(frameOf(opcode, bytes, randomBytes(4)));
  }

  #sayClose(code: number): void {
    if (this.#hasSaidClose) return;
    this.#hasSaidClose = true;
    this.#write(opcodes.close, Uint8Array.of(code >> 8, code & 0xff));
  }

  /** What was written goes out, for as long as that may take at most. */
  #leave(): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    stream.end();
    stream.resume();
    setTimeout(() => stream.destroy(), goodbyeMs).unref();
  }

  #end(code: number, reason: string): void {
    if (this.#isSilent) return;
    this.#isSilent = true;
    if (this.#stream === undefined) this.#request?.destroy();
    else this.#leave();
    this.#events.closed(code, reason);
  }
}
