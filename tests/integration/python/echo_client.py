"""Holds an echo server to RFC 6455 from outside, with Debian's python3-websockets.

    python3 echo_client.py PORT CASE

Exit code 0 when the case holds; otherwise it says what came instead.
"""

import asyncio
import sys

import websockets
from websockets.frames import OP_CONT, OP_TEXT

LENGTHS = [0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 65_537, 1_048_576]
CLOSE_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
SECONDS_MAX = 30


def equal(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: wanted {wanted!r:.200}, got {got!r:.200}")


def payload(count):
    return bytes((i * 31 + 7) & 0xFF for i in range(count))


def connect(port):
    return websockets.connect(f"ws://127.0.0.1:{port}/", compression=None, max_size=None, ping_interval=None)


async def lengths(port):
    async with connect(port) as peer:
        for length in LENGTHS:
            await peer.send(payload(length))
            equal(await peer.recv(), payload(length), f"binary of {length}")
            await peer.send("a" * length)
            equal(await peer.recv(), "a" * length, f"text of {length}")


async def pings(port):
    async with connect(port) as peer:
        for length in [0, 1, 124, 125]:
            # It is answered when a pong with the same bytes has come.
            await (await peer.ping(payload(length)))
        await peer.pong(b"unasked")
        await peer.send("still here")
        equal(await peer.recv(), "still here", "after a pong that nobody asked for")


async def fragments(port):
    async with connect(port) as peer:
        whole = payload(70_000)
        ends = [0, 1, 125, 126, 65_535, 70_000]

        async def pieces():
            for i, end in enumerate(ends):
                yield whole[ends[i - 1] if i else 0 : end]
                # The pong comes while the message is open.
                await (await peer.ping(b"between %d" % i))

        await peer.send(pieces())
        equal(await peer.recv(), whole, "the whole message")


async def empty_fragments(port):
    async with connect(port) as peer:
        await peer.send(["", "", "middle", "", ""])
        equal(await peer.recv(), "middle", "with empty fragments")
        await peer.send(["", "", ""])
        equal(await peer.recv(), "", "of empty fragments only")


async def utf8(port):
    text = "aé€😀\x00\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff"
    encoded = text.encode()
    async with connect(port) as peer:
        for cut in range(len(encoded) + 1):
            await peer.write_frame(False, OP_TEXT, encoded[:cut])
            await peer.write_frame(True, OP_CONT, encoded[cut:])
            equal(await peer.recv(), text, f"cut at byte {cut}")


async def order(port):
    async with connect(port) as peer:
        for i in range(1_000):
            await peer.send(f"message {i}")
        for i in range(1_000):
            equal(await peer.recv(), f"message {i}", "in their order")


async def close_codes(port):
    for code in CLOSE_CODES:
        peer = await connect(port)
        await peer.close(code, "städtisch")
        equal((peer.close_code, peer.close_reason), (code, "städtisch"), "the echoed close")
    peer = await connect(port)
    await peer.close(1000, "r" * 123)
    equal(peer.close_reason, "r" * 123, "the longest reason")


CASES = {
    case.__name__: case for case in [lengths, pings, fragments, empty_fragments, utf8, order, close_codes]
}


def main():
    port, wanted = sys.argv[1:]
    if wanted not in CASES:
        print(f"no such case '{wanted}': {', '.join(CASES)}")
        return 2
    try:
        asyncio.run(asyncio.wait_for(CASES[wanted](int(port)), SECONDS_MAX))
    except Exception as problem:  # whatever it is, the case does not hold
        print(f"{wanted}: {type(problem).__name__}: {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
