// Socket.IO with a room for each topic; with REDIS_PORT or REDIS_SOCKET its Redis adapter carries every event.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
const { REDIS_PORT: port, REDIS_SOCKET: path } = process.env;
if (port || path) {
  const { createAdapter } = await import('@socket.io/redis-adapter');
  const { createClient } = await import('redis');
  const publishing = createClient({ socket: path ? { path } : { host: '127.0.0.1', port: Number(port) } });
  const subscribing = publishing.duplicate();
  await Promise.all([publishing.connect(), subscribing.connect()]);
  io.adapter(createAdapter(publishing, subscribing));
}
io.on('connection', (socket) => {
  socket.on('s', (topic) => {
    socket.join(topic);
    socket.emit('s', topic);
  });
  socket.on('u', (topic) => socket.leave(topic));
  socket.on('p', (topic, payload) => io.to(topic).emit('m', payload));
});
http.listen(0, '127.0.0.1', 4096, () => console.log(`listening ${http.address().port}`));
