// Holds an echo server to RFC 6455 from outside, with Node's ws.
//   node echo_client.mjs PORT CASE
// Exit code 0 when the case holds; otherwise it says what came instead.
import WebSocket from "ws";
import { deadline, equal, run } from "./echo_expect.mjs";

const [port, wanted] = process.argv.slice(2);
const bytes = (count) => Buffer.from(Array.from({ length: count }, (_, i) => (i * 31 + 7) & 0xff));

/// A connection whose messages, pongs and close are taken one by one.
class Peer {
  static async open() {
    const peer = new Peer();
    peer.socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false });
    peer.said = [];
    peer.waiting = [];
    peer.socket.on("message", (payload, binary) => peer.#take({ kind: binary ? "binary" : "text", payload }));
    peer.socket.on("pong", (payload) => peer.#take({ kind: "pong", payload }));
    peer.socket.on("close", (code, reason) => peer.#take({ kind: "close", code, reason: reason.toString("utf8") }));
    peer.socket.on("error", (error) => peer.#take({ kind: "error", error: String(error) }));
    await new Promise((opened) => peer.socket.once("open", opened));
    return peer;
  }
  #take(event) {
    const next = this.waiting.shift();
    if (next) next(event);
    else this.said.push(event);
  }
  next() {
    if (this.said.length > 0) return Promise.resolve(this.said.shift());
    return new Promise((resolve) => this.waiting.push(resolve));
  }
  async hears(kind, payload, what) {
    const event = await this.next();
    equal(event.kind, kind, what);
    equal(Buffer.compare(event.payload, payload), 0, `${what}: the same ${payload.length} bytes (${event.payload.length} came)`);
  }
  /// Sends a message in these pieces and does `between` after each but the last.
  send_in(pieces, binary, between = () => {}) {
    pieces.forEach((piece, i) => {
      const fin = i + 1 === pieces.length;
      this.socket.send(piece, { binary, fin });
      if (!fin) between(i);
    });
  }
  async leave() {
    this.socket.close(1000);
    equal((await this.next()).code, 1000, "the close code");
  }
}

const lengths = [0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 65_537, 1_048_576];

const cases = {
  async lengths() {
    const peer = await Peer.open();
    for (const length of lengths) {
      peer.socket.send(bytes(length));
      await peer.hears("binary", bytes(length), `binary of ${length}`);
      const text = Buffer.alloc(length, "a");
      peer.socket.send(text.toString("ascii"));
      await peer.hears("text", text, `text of ${length}`);
    }
    await peer.leave();
  },

  async pings() {
    const peer = await Peer.open();
    for (const length of [0, 1, 124, 125]) {
      peer.socket.ping(bytes(length));
      await peer.hears("pong", bytes(length), `pong of ${length}`);
    }
    // An answer that nobody asked for is heard and not answered.
    peer.socket.pong("unasked");
    peer.socket.send("still here");
    await peer.hears("text", Buffer.from("still here"), "after a pong");
    await peer.leave();
  },

  async fragments() {
    const peer = await Peer.open();
    const whole = bytes(70_000);
    const pieces = [0, 1, 125, 126, 65_535, 70_000].map((end, i, ends) => whole.subarray(i === 0 ? 0 : ends[i - 1], end));
    peer.send_in(pieces, true, (i) => peer.socket.ping(`between ${i}`));
    for (let i = 0; i + 1 < pieces.length; ++i) await peer.hears("pong", Buffer.from(`between ${i}`), "a pong between");
    await peer.hears("binary", whole, "the whole message");
    await peer.leave();
  },

  async empty_fragments() {
    const peer = await Peer.open();
    peer.send_in(["", "", "middle", "", ""], false);
    await peer.hears("text", Buffer.from("middle"), "with empty fragments");
    peer.send_in(["", "", ""], false);
    await peer.hears("text", Buffer.alloc(0), "of empty fragments only");
    await peer.leave();
  },

  async utf8() {
    const peer = await Peer.open();
    // One to four bytes a character, and the edges of each form.
    const text = Buffer.from("aé€😀\u0000\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}", "utf8");
    for (let cut = 0; cut <= text.length; ++cut) {
      peer.send_in([text.subarray(0, cut), text.subarray(cut)], false);
      await peer.hears("text", text, `cut at byte ${cut}`);
    }
    peer.send_in([...text].map((byte) => Buffer.from([byte])), false, () => peer.socket.ping());
    for (let i = 0; i + 1 < text.length; ++i) await peer.hears("pong", Buffer.alloc(0), "a pong between bytes");
    await peer.hears("text", text, "a fragment for each byte");
    await peer.leave();
  },

  async order() {
    const peer = await Peer.open();
    for (let i = 0; i < 1_000; ++i) peer.socket.send(`message ${i}`);
    for (let i = 0; i < 1_000; ++i) await peer.hears("text", Buffer.from(`message ${i}`), "in their order");
    await peer.leave();
  },

  async close_codes() {
    for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]) {
      const peer = await Peer.open();
      peer.socket.close(code, "städtisch");
      const closed = await peer.next();
      equal(`${closed.kind} ${closed.code} ${closed.reason}`, `close ${code} städtisch`, "the echoed close");
    }
    const peer = await Peer.open();
    peer.socket.close(1000, "r".repeat(123));
    equal((await peer.next()).reason.length, 123, "the longest reason");
    const silent = await Peer.open();
    silent.socket.close();
    equal((await silent.next()).code, 1005, "a close without a code");
  },
};

deadline(30_000);
await run(cases, wanted);
