"""The server's side of RFC 6455 over asyncio streams: upgrade, frames, and what the client says, as it comes."""
import asyncio
import base64
import hashlib

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SUBPROTOCOL = "marchwire.v1.proto"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class RuleBroken(Exception):
    """The client broke a rule of RFC 6455, or of proto/README.md before the first message."""


def frame(opcode, payload):
    """One whole frame of the server: not masked."""
    if len(payload) < 126:
        size = bytes([len(payload)])
    elif len(payload) < 65536:
        size = bytes([126]) + len(payload).to_bytes(2, "big")
    else:
        size = bytes([127]) + len(payload).to_bytes(8, "big")
    return bytes([0x80 | opcode]) + size + payload


def close_frame(code, reason):
    return frame(CLOSE, b"" if code is None else code.to_bytes(2, "big") + reason.encode())


class Connection:
    """One TCP connection of a client. `heard` holds, in order: ("message", bytes), ("close", code or None),
    ("end", None) and ("broken", sentence)."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer
        self._reading = None
        self.byte_ms = 0
        self.is_open = False  # upgraded, and the client has not ended it
        self.heard = asyncio.Queue()
        self.pongs = asyncio.Queue()

    async def request(self):
        """Reads the upgrade's request; the path and the headers, whose names are in lower case."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = dict(line.split(":", 1) for line in head[1:] if line)
        headers = {name.strip().lower(): value.strip() for name, value in headers.items()}
        if method != "GET" or headers.get("upgrade", "").lower() != "websocket":
            raise RuleBroken(f"'{head[0]}' asks for no upgrade to a WebSocket")
        if headers.get("sec-websocket-version") != "13":
            raise RuleBroken("Sec-WebSocket-Version is not 13")
        offered = [name.strip() for name in headers.get("sec-websocket-protocol", "").split(",")]
        if SUBPROTOCOL not in offered:
            raise RuleBroken(f"the subprotocol {SUBPROTOCOL} was not offered, but {offered}")
        return path, headers

    def listen(self):
        """From now on what comes is read."""
        self.is_open = True
        self._reading = asyncio.ensure_future(self._read())

    def listen_for_end(self):
        """Of a connection that is never upgraded nothing but its end is heard."""
        self._reading = asyncio.ensure_future(self._read_to_end())

    async def _read_to_end(self):
        try:
            while await self._reader.read(4096):
                pass
        except ConnectionError:
            pass
        self.heard.put_nowait(("end", None))

    async def _read(self):
        try:
            while True:
                await self._read_message()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.heard.put_nowait(("end", None))
        except RuleBroken as error:
            self.heard.put_nowait(("broken", str(error)))
        self.is_open = False

    async def _read_message(self):
        opcode, payload, is_last = await self._read_frame()
        if opcode == PING:
            await self.write(frame(PONG, payload))
        elif opcode == CLOSE:
            self.heard.put_nowait(("close", int.from_bytes(payload[:2], "big") if payload else None))
        elif opcode == BINARY:
            while not is_last:
                opcode, more, is_last = await self._read_frame()
                if opcode != 0:
                    raise RuleBroken("a message began within another one")
                payload += more
            self.heard.put_nowait(("message", payload))
        elif opcode == PONG:
            self.pongs.put_nowait(payload)
        else:
            raise RuleBroken(f"a frame with opcode {opcode} on the binary subprotocol")

    async def _read_frame(self):
        first, second = await self._reader.readexactly(2)
        if first & 0x70:
            raise RuleBroken("a reserved bit is set")
        if not second & 0x80:
            raise RuleBroken("a frame of the client is not masked")
        size = second & 0x7F
        if size > 125:
            size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
        mask = await self._reader.readexactly(4)
        masked = await self._reader.readexactly(size)
        return first & 0x0F, bytes(byte ^ mask[at % 4] for at, byte in enumerate(masked)), bool(first & 0x80)

    async def write(self, data):
        """To a client that has gone: nothing. That it went is heard."""
        try:
            if not self.byte_ms:
                self._writer.write(data)
                await self._writer.drain()
                return
            for at in range(len(data)):
                self._writer.write(data[at:at + 1])
                await self._writer.drain()
                await asyncio.sleep(self.byte_ms / 1000)
        except ConnectionError:
            pass

    async def cut(self):
        """The end of the TCP connection, behind what was written."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            pass
        if self._reading:
            self._reading.cancel()


def upgrade(headers):
    digest = hashlib.sha1((headers["sec-websocket-key"] + MAGIC).encode()).digest()
    return ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {base64.b64encode(digest).decode()}\r\n"
            f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n").encode()


def refusal(status):
    return f"HTTP/1.1 {status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


class Server:
    """On loopback, on a port of its own; connections wait in `waiting` until a scenario accepts them."""

    def __init__(self):
        self.waiting = asyncio.Queue()
        self._all = []
        self._server = None

    async def start(self):
        self._server = await asyncio.start_server(self._on_connection, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    async def _on_connection(self, reader, writer):
        connection = Connection(reader, writer)
        self._all.append(connection)
        self.waiting.put_nowait(connection)

    async def stop(self):
        self._server.close()
        for connection in self._all:
            await connection.cut()
