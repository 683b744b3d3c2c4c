// A client that knows only proto/README.md: says Hello, subscribes and checks in, over the JSON subprotocol.
//   node plain_client.mjs URL TOKEN CAMPAIGN/MARCH
// Prints one JSON line of what it saw; exit code 0 when the check-in was stored and came back on its feed.
import WebSocket from "ws";

const [url, token, march] = process.argv.slice(2);
const seen = { welcome: false, subscribed: false, snapshot: null, reply: null, item: false };
const socket = new WebSocket(url, "marchwire.v1.json");
const pieces = [];
const device = String(Math.floor(Math.random() * 2 ** 52) + 1);

const give_up = setTimeout(() => finish(1), 20_000);

function finish(code) {
  clearTimeout(give_up);
  console.log(JSON.stringify({ ...seen, protocol: socket.protocol }));
  socket.close();
  process.exitCode = code;
}

function say(message) {
  socket.send(JSON.stringify(message));
}

function check_in() {
  say({
    command: {
      id: { device, counter: "1" },
      log: march,
      madeAtMs: String(seen.server_time),
      checkIn: { report: "ON_POST", batteryPercent: 64 },
    },
  });
}

function take(item) {
  if (item.welcome) {
    seen.welcome = true;
    seen.server_time = item.welcome.serverTimeMs;
    say({ subscribe: { feed: `marshal/${march}` } });
  } else if (item.subscribed) {
    seen.subscribed = true;
  } else if (item.snapshotPiece) {
    const piece = item.snapshotPiece;
    pieces.push(Buffer.from(piece.bytes, "base64"));
    if ((piece.piece ?? 0) + 1 === piece.pieces) {
      seen.snapshot = JSON.parse(Buffer.concat(pieces).toString("utf8")).self?.callsign ?? "";
      check_in();
    }
  } else if (item.reply) {
    seen.reply = item.reply;
  } else if (item.entry?.event?.checkedIn) {
    seen.item = true;
  } else if (item.error) {
    seen.error = item.error;
  }
  if (seen.reply?.accepted && seen.item) finish(0);
  else if (seen.reply?.error || seen.error) finish(1);
}

socket.on("open", () => say({ hello: { protocol: 1, token, client: "plain", device } }));
socket.on("message", (bytes, binary) => {
  if (binary) return finish(1);
  for (const item of JSON.parse(bytes.toString("utf8")).items ?? []) take(item);
});
socket.on("close", (code) => {
  if (!seen.item) {
    seen.closed = code;
    finish(1);
  }
});
socket.on("error", (error) => {
  seen.failed = String(error);
  finish(1);
});
