// The browser's WebSocket.
import { queueBytesMax, subprotocol, type Socket, type SocketEvents } from './socket.js';

export function dialBrowser(url: string, events: SocketEvents): Socket {
  let isSilent = false;
  let web: WebSocket | undefined;
  const end = (code: number, reason: string): void => {
    if (isSilent) return;
    isSilent = true;
    web?.close();
    events.closed(code, reason);
  };
  try {
    web = new WebSocket(url, subprotocol);
    web.binaryType = 'arraybuffer';
    web.onopen = () => {
      if (!isSilent) events.connected();
    };
    web.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isSilent) return;
      if (data instanceof ArrayBuffer) events.message(new Uint8Array(data));
      else events.garbage('a text');
    };
    // 1005 and 1006 are said by no server: the browser has them for a close without a code, and for none.
    web.onclose = ({ code, reason }) => end(code === 1005 || code === 1006 ? 0 : code, reason || 'the connection was lost');
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no WebSocket';
    queueMicrotask(() => end(0, why));
  }
  return {
    send(bytes) {
      if (isSilent || web === undefined) return;
      web.send(bytes);
      if (web.bufferedAmount > queueBytesMax) end(0, 'more waits to be sent than is kept: the network is too slow');
    },
    hangUp() {
      isSilent = true;
      web?.close(1000);
    },
    drop() {
      isSilent = true;
      web?.close();
    },
  };
}
