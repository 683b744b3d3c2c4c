// uWebSockets through its binding for Node, publishing by its own topics.
import uws from 'uwebsockets';

const app = uws.App().ws('/*', {
  compression: uws.DISABLED,
  idleTimeout: 0,
  maxBackpressure: 1024 * 1024,
  maxPayloadLength: 64 * 1024,
  message(socket, bytes) {
    const said = Buffer.from(bytes).toString('latin1');
    const rest = said.slice(2);
    if (said[0] === 'P') {
      const end = rest.indexOf(' ');
      app.publish(rest.slice(0, end), rest.slice(end + 1), false);
    } else if (said[0] === 'S') {
      socket.subscribe(rest);
      socket.send(said, false);
    } else {
      socket.unsubscribe(rest);
    }
  },
});
app.listen('127.0.0.1', 0, (listening) => {
  console.log(`listening ${uws.us_socket_local_port(listening)}`);
});
