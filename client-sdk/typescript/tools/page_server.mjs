// What tests in a browser need: the files of this folder over HTTP, and a WebSocket server that plays a march.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromJson, toJson } from '../dist/node.js';
import { decode, encode } from '../dist/wire/binary.js';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const types = { '.html': 'text/html', '.js': 'text/javascript' };

/** Of what a server says, items as in the JSON mapping. */
export function messageOf(items) {
  return encode('ServerMessage', fromJson('ServerMessage', { items }));
}

class Guest {
  constructor(socket, onMessage) {
    this.socket = socket;
    this.held = Buffer.alloc(0);
    this.onMessage = onMessage;
    socket.on('data', (bytes) => this.read(bytes));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
  }
  say(...items) {
    this.send(messageOf(items));
  }
  send(payload) {
    const size = payload.length;
    const head = size < 126 ? [0x82, size] : [0x82, 126, size >> 8, size & 0xff];
    this.socket.write(Buffer.concat([Buffer.from(head), payload]));
  }
  read(bytes) {
    this.held = Buffer.concat([this.held, bytes]);
    for (;;) {
      const short = (this.held[1] ?? 0) & 0x7f;
      const head = short === 126 ? 4 : 2;
      if (this.held.length < head + 4) return;
      const size = short === 126 ? this.held.readUInt16BE(2) : short;
      if (this.held.length < head + 4 + size) return;
      const mask = this.held.subarray(head, head + 4);
      const payload = Uint8Array.from(this.held.subarray(head + 4, head + 4 + size), (byte, at) => byte ^ mask[at & 3]);
      const opcode = this.held[0] & 0x0f;
      this.held = this.held.subarray(head + 4 + size);
      if (opcode === 2) this.onMessage(this, toJson('ClientMessage', decode('ClientMessage', payload)));
    }
  }
}

/** `onMessage(guest, message)`: message as in the JSON mapping. */
export async function startPageServer(onMessage) {
  const guests = new Set();
  const server = createServer((request, response) => {
    const path = resolve(root, '.' + new URL(request.url, 'http://x').pathname);
    if (path === resolve(root, 'empty')) return void response.writeHead(200, { 'content-type': 'text/html' }).end('<title>empty</title>');
    readFile(path).then(
      (bytes) => response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  let connections = 0;
  server.on('upgrade', (request, socket) => {
    const key = request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
      + `Sec-WebSocket-Accept: ${createHash('sha1').update(key).digest('base64')}\r\n`
      + 'Sec-WebSocket-Protocol: marchwire.v1.proto\r\n\r\n');
    const guest = new Guest(socket, onMessage);
    connections += 1;
    guests.add(guest);
    socket.on('close', () => guests.delete(guest));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  return {
    page: (path) => `http://127.0.0.1:${port}/${path}`, url: `ws://127.0.0.1:${port}/v1/ws`, guests,
    get connections() {
      return connections;
    },
    stop() {
      for (const guest of guests) guest.socket.destroy();
      server.close();
    },
  };
}

export const welcome = { welcome: { protocol: 1, serverTimeMs: '1528992000000', clockRate: 1, limits: { deadAfterMs: 60000 } } };
export const notice = (seq) => ({
  topic: 1, position: { epoch: 1, seq: String(seq), digest: String(seq * 11) }, prev: String(seq - 1),
  publicItem: { notice: { number: seq, text: `notice ${seq}` } },
});
export function openingOf(feed, seq) {
  return [
    { subscribed: { feed, topics: [1] } },
    { snapshotPiece: { feed, position: { epoch: 1, seq: String(seq), digest: String(seq * 11) }, pieces: 1, bytes: 'CgFjEgFt' } },
  ];
}
