// The library ws, with a set of sockets for each topic, as its documentation broadcasts.
import { WebSocketServer } from 'ws';

const topics = new Map();
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4096 });
server.on('listening', () => console.log(`listening ${server.address().port}`));
server.on('connection', (socket) => {
  socket.on('message', (bytes) => {
    const said = bytes.toString('latin1');
    const rest = said.slice(2);
    if (said[0] === 'P') {
      const end = rest.indexOf(' ');
      const payload = rest.slice(end + 1);
      for (const subscriber of topics.get(rest.slice(0, end)) ?? []) subscriber.send(payload);
    } else if (said[0] === 'S') {
      if (!topics.has(rest)) topics.set(rest, new Set());
      topics.get(rest).add(socket);
      socket.send(said);
    } else {
      topics.get(rest)?.delete(socket);
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const subscribers of topics.values()) subscribers.delete(socket);
  });
});
