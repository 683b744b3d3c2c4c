// Says to an echo server by a bare socket what no client library would: broken frames, and whole ones byte by byte.
//   node echo_raw.mjs PORT CASE
// Exit code 0 when the case holds; otherwise it says what came instead.
import net from "node:net";
import { deadline, equal, run } from "./echo_expect.mjs";

const [port, wanted] = process.argv.slice(2);
const text = 0x1, binary = 0x2, continuation = 0x0, close = 0x8, ping = 0x9, pong = 0xa;
const fin = 0x80, masked = 0x80;
const mask = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

const request =
  "GET / HTTP/1.1\r\nHost: localhost\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

/// A masked frame. `form` is how many bytes the length takes: 0, 2 or 8; by default as few as can be.
function frame(first, payload = Buffer.alloc(0), form = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8) {
  const body = Buffer.from(payload).map((byte, i) => byte ^ mask[i % 4]);
  const length = Buffer.alloc(1 + form);
  length[0] = masked | (form === 0 ? payload.length : form === 2 ? 126 : 127);
  if (form === 2) length.writeUInt16BE(payload.length, 1);
  if (form === 8) length.writeBigUInt64BE(BigInt(payload.length), 1);
  return Buffer.concat([Buffer.from([first]), length, mask, body]);
}

/// The header of a frame that claims this length, and nothing of its payload.
function claim(first, length) {
  const header = Buffer.alloc(14);
  header[0] = first;
  header[1] = masked | 127;
  header.writeBigUInt64BE(length, 2);
  mask.copy(header, 10);
  return header;
}

function close_frame(code, reason = Buffer.alloc(0)) {
  return frame(fin | close, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));
}

/// Frames of a server in these bytes: never masked, in the shortest form, nothing left over.
function frames_in(bytes) {
  const frames = [];
  for (let at = 0; at < bytes.length; ) {
    const short = bytes[at + 1];
    equal(short & masked, 0, "a server masks nothing");
    const form = short === 126 ? 2 : short === 127 ? 8 : 0;
    const length = form === 0 ? short : form === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    equal(length >= (form === 0 ? 0 : form === 2 ? 126 : 65_536), true, "a server uses the shortest form of a length");
    const begin = at + 2 + form;
    equal(begin + length <= bytes.length, true, "no frame is cut");
    frames.push({ first: bytes[at], payload: bytes.subarray(begin, begin + length) });
    at = begin + length;
  }
  return frames;
}

/// Lets `send` write to a fresh connection and hears everything to its end.
function hear_all(send) {
  return new Promise((heard, failed) => {
    const socket = net.connect({ port: Number(port), host: "127.0.0.1", noDelay: true });
    const parts = [];
    socket.on("connect", () => send(socket));
    socket.on("data", (part) => parts.push(part));
    socket.on("error", failed);
    socket.on("end", () => {
      const bytes = Buffer.concat(parts);
      const body = bytes.indexOf("\r\n\r\n") + 4;
      heard({ head: bytes.subarray(0, body).toString("latin1"), body: bytes.subarray(body) });
    });
  });
}

const all_at_once = (...frames) => hear_all((socket) => socket.write(Buffer.concat([Buffer.from(request), ...frames])));

/// Each of these ends the connection by this code, and nothing else is said.
async function refused(code, broken) {
  for (const [what, ...frames] of broken) {
    const { body } = await all_at_once(...frames, frame(fin | text, Buffer.from("too late")));
    const said = frames_in(body);
    equal(said.length, 1, `${what}: one close frame and no echo`);
    equal(said[0].first, fin | close, `${what}: a close frame`);
    equal(said[0].payload.readUInt16BE(0), code, `${what}: the close code`);
  }
}

/// What is heard for two pieces of text, a ping between them, a binary message and a goodbye.
const conversation = Buffer.concat([
  Buffer.from(request),
  frame(text, Buffer.from("half ")),
  frame(fin | ping, Buffer.from("?")),
  frame(fin | continuation, Buffer.from("a word")),
  frame(fin | binary, Buffer.alloc(300, 9)),
  close_frame(1000, "bye"),
]);
function expect_conversation({ head, body }) {
  const frames = frames_in(body);
  equal(head.startsWith("HTTP/1.1 101 "), true, "the handshake's status");
  equal(/Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/.test(head), true, "the proof of RFC 6455, 1.3");
  equal(frames.length, 4, "pong, two echoes and a close");
  equal(`${frames[0].first} ${frames[0].payload}`, `${fin | pong} ?`, "the pong comes before the message is whole");
  equal(`${frames[1].first} ${frames[1].payload}`, `${fin | text} half a word`, "the message");
  equal(Buffer.compare(frames[2].payload, Buffer.alloc(300, 9)), 0, "the binary message");
  equal(frames[3].first, fin | close, "the close");
  equal(frames[3].payload.readUInt16BE(0), 1000, "its code");
  equal(frames[3].payload.subarray(2).toString(), "bye", "its reason");
}

const cases = {
  async byte_by_byte() {
    expect_conversation(
      await hear_all((socket) => {
        let at = 0;
        // The next byte when the one before has left: each is a segment of its own.
        const next = () => {
          if (at < conversation.length) socket.write(conversation.subarray(at, ++at), () => setImmediate(next));
        };
        next();
      }),
    );
  },

  async hasty() {
    expect_conversation(await hear_all((socket) => socket.write(conversation)));
  },

  async no_key() {
    const { head } = await hear_all((socket) => socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    equal(head.startsWith("HTTP/1.1 400 "), true, "the status");
  },

  async broken_headers() {
    const unmasked = Buffer.from([fin | text, 2, 0x68, 0x69]);
    const broken = [
      ["no mask", unmasked],
      ["a length of 5 in two bytes", frame(fin | text, Buffer.from("short"), 2)],
      ["a length of 126 in eight bytes", frame(fin | text, Buffer.alloc(126, 0x61), 8)],
      ["a length beyond 63 bits", claim(fin | binary, 1n << 63n)],
    ];
    for (const bit of [0x40, 0x20, 0x10]) broken.push([`reserved bit ${bit}`, frame(fin | bit | text, Buffer.from("hi"))]);
    for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) broken.push([`opcode ${opcode}`, frame(fin | opcode)]);
    await refused(1002, broken);
  },

  async broken_order() {
    await refused(1002, [
      ["a continuation of nothing", frame(fin | continuation, Buffer.from("hi"))],
      ["a continuation of nothing that is not the last", frame(continuation, Buffer.from("hi"))],
      ["text while text is open", frame(text, Buffer.from("a")), frame(fin | text, Buffer.from("b"))],
      ["binary while text is open", frame(text, Buffer.from("a")), frame(fin | binary, Buffer.from("b"))],
    ]);
  },

  async broken_control() {
    await refused(1002, [
      ["a ping in pieces", frame(ping, Buffer.from("?"))],
      ["a ping of 126 bytes", frame(fin | ping, Buffer.alloc(126))],
      ["a pong of 126 bytes", frame(fin | pong, Buffer.alloc(126))],
      ["a close of 126 bytes", frame(fin | close, Buffer.concat([Buffer.from([3, 232]), Buffer.alloc(124, 0x61)]))],
      ["a close in pieces", frame(close, Buffer.from([3, 232]))],
      ["a close of one byte", frame(fin | close, Buffer.from([3]))],
    ]);
  },

  async broken_close_codes() {
    const codes = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
    await refused(1002, codes.map((code) => [`close code ${code}`, close_frame(code)]));
  },

  async broken_utf8() {
    const wrong = {
      "a byte that is never there": [0xff],
      "a continuation alone": [0x80],
      "a slash in two bytes": [0xc0, 0xaf],
      "the shortest three-byte form that is too long": [0xe0, 0x9f, 0xbf],
      "a surrogate": [0xed, 0xa0, 0x80],
      "beyond the last character": [0xf4, 0x90, 0x80, 0x80],
      "a character that does not end": [0xe2, 0x82],
      "a character that is broken off": [0xe2, 0x28, 0xa1],
    };
    const broken = [];
    for (const [what, bytes] of Object.entries(wrong)) {
      const payload = Buffer.concat([Buffer.from("κόσμε"), Buffer.from(bytes)]);
      broken.push([what, frame(fin | text, payload)]);
      broken.push([`${what}, a fragment each byte`,
        ...[...payload].map((byte, i) => frame(i === 0 ? text : continuation, Buffer.from([byte]))), frame(fin | continuation)]);
      broken.push([`${what}, in a close reason`, close_frame(1000, bytes)]);
    }
    await refused(1007, broken);
  },

  async too_large() {
    const bound = 16 * 1024 * 1024;
    await refused(1009, [
      ["one byte more than the server takes, by its header alone", claim(fin | binary, BigInt(bound + 1))],
      ["fragments that are too large together", frame(binary, Buffer.alloc(bound)), frame(fin | continuation, Buffer.alloc(1))],
    ]);
  },
};

deadline(30_000);
await run(cases, wanted);
