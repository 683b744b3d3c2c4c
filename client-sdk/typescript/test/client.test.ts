// The client over real sockets: Node's WebSocket, callbacks, streams, tokens and keys.
import assert from 'node:assert/strict';
import { createVerify, createPublicKey, createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  Client, fromBase64, keyFile, redeem, WebCryptoKey, type ClientEvent, type ClientMessage, type ClientSettings,
} from '../src/node.js';
import { notice, opened, snapshot } from './machine_fixture.js';
import { welcome, WsServer } from './ws_server.js';

let server: WsServer;
const clients: Client[] = [];
before(async () => {
  server = await WsServer.start();
});
after(async () => {
  for (const client of clients) client.close();
  await server.stop();
});

function clientOf(settings: Partial<ClientSettings> = {}): Client {
  const client = new Client({ url: server.url, retryFirstMs: 1, retryMostMs: 2, ...settings });
  clients.push(client);
  return client;
}
/** The first event that is meant; five seconds at most. */
async function until(events: AsyncIterator<ClientEvent>, isMeant: (event: ClientEvent) => boolean): Promise<ClientEvent> {
  const late = setTimeout(() => assert.fail('it did not come'), 5_000);
  try {
    for (;;) {
      const { value, done } = await events.next() as IteratorResult<ClientEvent, undefined>;
      if (done === true) return assert.fail('the events ended before it');
      if (isMeant(value)) return value;
    }
  } finally {
    clearTimeout(late);
  }
}
const isItem = (seq: bigint) => (event: ClientEvent): boolean => event.kind === 'item' && event.item.position?.seq === seq;

test('a follower reads a feed, typed and as JSON', async () => {
  server.onGuest = (guest) => {
    guest.onMessage = (message) => message.case === 'hello' && guest.say(welcome, opened, snapshot(3), notice(4));
  };
  const client = clientOf();
  const events = client.events('public/c/m');
  client.subscribe('public/c/m');
  assert.equal(client.state('public/c/m'), undefined);
  client.connect();
  await until(events, isItem(4n));
  assert.equal(client.state('public/c/m')?.notices[0]?.text, 'notice 4');
  assert.equal(client.march('public/c/m')?.notices.length, 1);
  assert.equal(client.position('public/c/m')?.seq, 4n);
  assert.ok(Math.abs(client.serverTime() - 1_528_992_000_000) < 5_000);
  assert.deepEqual(client.json('public/c/m'), {
    campaign: 'c', march: 'm', position: { epoch: 1, seq: '4', digest: '44' }, notices: [{ number: 4, text: 'notice 4' }],
  });
});

test('callbacks that throw, reject or call the client end nothing', async () => {
  server.onGuest = (guest) => {
    guest.onMessage = (message) => message.case === 'hello' && guest.say(welcome, opened, snapshot(3), notice(4), notice(5));
  };
  const client = clientOf();
  const faults: string[] = [];
  client.on('fault', (event) => {
    faults.push(event.fault);
    throw new Error('even here');
  });
  client.on('item', () => Promise.reject(new Error('later')));
  client.on('item', () => {
    client.subscribe('overview/c');
    throw new Error('now');
  });
  const events = client.events();
  client.subscribe('public/c/m');
  client.connect();
  await until(events, isItem(5n));
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(faults, ['CALLBACK', 'CALLBACK', 'CALLBACK', 'CALLBACK']);
  assert.ok(client.isOnline);
});

test('a command is answered by its promise, and a wrong one from here', async () => {
  server.onGuest = (guest) => {
    guest.onMessage = (message) => {
      if (message.case === 'hello') guest.say(welcome);
      if (message.case !== 'command') return;
      const id = { device: '7', counter: String(message.value.id?.counter) };
      guest.say({ reply: { id, accepted: { level: 'SYNCED', made: '12' } } });
    };
  };
  const client = clientOf({ device: 7n, counter: 40n });
  const sent = client.command('c/m', { checkIn: { report: 'ON_POST', place: { kind: 'PLACE_POST', number: 4 } } });
  assert.deepEqual(await sent.kept, { id: { device: 7n, counter: 41n }, durable: false });
  client.connect();
  const reply = await sent.reply;
  assert.equal(reply.accepted?.made, 12n);
  const wrong = { checkIn: { report: 'ON_THE_MOON' } } as never;
  assert.equal((await client.command('c/m', wrong).reply).error?.code, 'INVALID_ARGUMENT');
  const large = client.command('c/m', { postNotice: { text: 'x'.repeat(70_000) } });
  assert.equal((await large.reply).error?.code, 'TOO_LARGE');
});

test('a ping is answered, and a close frame, too', async () => {
  server.onGuest = (guest) => {
    guest.onMessage = (message) => {
      if (message.case === 'hello') guest.frame(0x89, new Uint8Array(3));
      guest.say(welcome);
    };
  };
  const client = clientOf();
  const events = client.events();
  client.connect();
  await until(events, (event) => event.kind === 'state' && event.state === 'online');
  client.close();
  await until(events, (event) => event.kind === 'state' && event.state === 'stopped');
  const guest = server.guests.at(-1);
  await new Promise((resolve) => guest?.socket.once('close', resolve));
  assert.equal(guest?.pongs, 1);
  assert.deepEqual(guest.closes, [1000]);
});

test('HTTP 403 stops the client, 503 does not', async () => {
  server.status = 503;
  const client = clientOf();
  const events = client.events();
  client.connect();
  await until(events, (event) => event.kind === 'state' && event.state === 'waiting');
  server.status = 403;
  await until(events, (event) => event.kind === 'state' && event.state === 'stopped');
  server.status = 0;
});

test('an address that is none, and a port where nobody listens, are waits', async () => {
  for (const url of ['no address', 'ws://127.0.0.1:1/v1/ws']) {
    const client = clientOf({ url });
    const events = client.events();
    client.connect();
    await until(events, (event) => event.kind === 'state' && event.state === 'waiting');
    client.close();
  }
});

test('a token provider that throws is a fault, and asked again', async () => {
  let asked = 0;
  server.onGuest = (guest) => {
    guest.onMessage = () => guest.say(welcome);
  };
  const client = clientOf({
    token: () => {
      asked += 1;
      if (asked === 1) throw new Error('no network');
      return Promise.resolve({ token: 'good', expiresAtMs: 0 });
    },
  });
  const events = client.events();
  client.connect();
  await until(events, (event) => event.kind === 'fault' && event.fault === 'CALLBACK');
  await until(events, (event) => event.kind === 'state' && event.state === 'online');
  const hello = server.guests.at(-1)?.messages[0];
  assert.equal(hello?.case === 'hello' && hello.value.token, 'good');
});

test('a challenge is signed as the server checks it', async () => {
  const nonce = Buffer.alloc(32, 9);
  const key = await WebCryptoKey.generate();
  const said = new Promise<ClientMessage['message']>((resolve) => {
    server.onGuest = (guest) => {
      guest.onMessage = resolve;
      guest.say({ challenge: { nonce: nonce.toString('base64') } });
    };
  });
  clientOf({ token: 'secret', key }).connect();
  const hello = await said;
  assert.ok(hello.case === 'hello');
  const point = Buffer.from(await key.publicKey());
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  const text = Buffer.concat([Buffer.from('marchwire.v1 login\n'), nonce, createHash('sha256').update('secret').digest()]);
  const check = createVerify('sha256').update(text);
  assert.ok(check.verify({ key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, hello.value.signature));
});

test('a slow loop is told how much was left out of it', async () => {
  server.onGuest = (guest) => {
    guest.onMessage = (message) => {
      if (message.case !== 'hello') return;
      guest.say(welcome, opened, snapshot(3));
      for (let seq = 4; seq < 12_004; seq += 100) guest.say(...Array.from({ length: 100 }, (_, at) => notice(seq + at)));
    };
  };
  const client = clientOf();
  const events = client.events();
  client.subscribe('public/c/m');
  client.connect();
  await until(client.events(), isItem(12_003n));
  let last: ClientEvent | undefined;
  for (let at = 0; at <= 10_000; ++at) last = (await events.next()).value as ClientEvent;
  assert.ok(last?.kind === 'fault' && last.fault === 'CALLBACK');
  client.close();
  const end = await until(events, (event) => event.kind === 'state');
  assert.ok(end.kind === 'state' && end.state === 'stopped');
  assert.equal((await events.next()).done, true);
});

test('a key file is made once, for its owner alone, and read again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'marchwire-key-'));
  try {
    const path = join(folder, 'key.pem');
    const made = await keyFile(path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(await (await keyFile(path)).publicKey(), await made.publicKey());
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an invite becomes a token, or an error that says why', async () => {
  const bodies: Record<string, unknown>[] = [];
  const door = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes: Buffer) => (body += String(bytes)));
    request.on('end', () => {
      bodies.push(JSON.parse(body) as Record<string, unknown>);
      const isFirst = bodies.length === 1;
      response.statusCode = isFirst ? 200 : 403;
      const error = { code: 'PERMISSION_DENIED', field: 'code', message: 'Wrong.' };
      response.end(JSON.stringify(isFirst ? { token: 't', pin_set: true } : { error }));
    });
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  try {
    const key = await WebCryptoKey.generate();
    assert.deepEqual(await redeem({ link: `${url}/m#c.17.SECRET`, pin: '1234' }, key), { token: 't', pinSet: true });
    assert.equal(bodies[0]?.['link'], 'c.17.SECRET');
    assert.equal(fromBase64(bodies[0]['public_key'])?.length, 65);
    assert.equal((await redeem({ url, code: '17-AAAA-BBBB' }, key)).error?.code, 'PERMISSION_DENIED');
    assert.equal((await redeem({ url: 'march.example.org', code: '1' }, key)).error?.code, 'INVALID_ARGUMENT');
    assert.equal((await redeem({ url: 'http://127.0.0.1:1', code: '1' }, key)).error?.code, 'UNAVAILABLE');
  } finally {
    door.close();
  }
});
