#!/usr/bin/env python3
"""Kills an SDK's driver (SIGKILL) at random moments while its app gives commands: what the app heard is kept arrives, each
with one content. The server answers most, in some runs none, and is not there at all in others."""
import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

import frames
from driver import Driver
from messages import Messages

DEVICE = 7
SETTINGS = {"device": str(DEVICE), "retry_first_ms": 1, "retry_most_ms": 5}
PATIENCE_SECONDS = 60


class Post:
    """The server: what came of each command, by its counter."""

    def __init__(self, messages, chance):
        self._messages = messages
        self._chance = chance
        self._tasks = set()
        self.server = frames.Server()
        self.contents = {}  # counter: its whole message, as it came first
        self.came = 0
        self.changed = []  # counters that came with another content
        self.answered = set()
        self.answers = 1.0  # the share of commands that is answered
        self.lets_in = True

    async def serve(self):
        while True:
            connection = await self.server.waiting.get()
            task = asyncio.ensure_future(self._talk(connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _talk(self, connection):
        try:
            if not self.lets_in:
                return await connection.cut()
            _, headers = await connection.request()
            await connection.write(frames.upgrade(headers))
            connection.listen()
            while True:
                kind, payload = await connection.heard.get()
                if kind != "message":
                    return await connection.cut()
                await self._hear(connection, self._messages.client_message(payload))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def _hear(self, connection, message):
        if "hello" in message:
            await self._say(connection, {"welcome": {"protocol": 1, "serverTimeMs": "$now",
                                                     "limits": {"deadAfterMs": 60000}}})
        if "command" not in message:
            return
        counter = int(message["command"]["id"]["counter"])
        self.came += 1
        if self.contents.setdefault(counter, message) != message:
            self.changed.append(counter)
        if self._chance.random() < self.answers:
            self.answered.add(counter)
            await self._say(connection, {"reply": {"id": message["command"]["id"], "accepted": {"level": "SYNCED"}}})

    async def _say(self, connection, item):
        await connection.write(frames.frame(frames.BINARY, self._messages.server_message([item])))


async def one_run(driver, kept, chance):
    """The app gives one command after the other and hears of each, until it is killed: one time in five already while it
    starts."""
    await driver.start(False)
    if chance.random() < 0.8:
        await driver.say({"state": "overview/the-start"})
        while (event := await driver.events.get()) is not None and event["event"] != "state_of":
            pass
    await driver.say({"connect": {}})
    seconds = chance.uniform(0, 0.25)

    async def give():
        while True:
            await driver.say({"command": {"log": "c/m", "checkIn": {"report": "ON_POST", "headcount": len(kept) + 1}}})
            await driver.say({"command": {"log": "c/m", "postNotice": {"text": "not for the file"}}})
            await asyncio.sleep(0.002)

    async def hear():
        while (event := await driver.events.get()) is not None:
            if event["event"] == "kept" and event["durable"]:
                kept.add(int(event["id"]["counter"]))

    hearing = asyncio.ensure_future(hear())
    giving = asyncio.ensure_future(give())
    await asyncio.sleep(seconds)
    giving.cancel()
    await driver.kill()
    await hearing


async def all_arrive(driver, post, kept):
    post.answers, post.lets_in = 1.0, True
    await driver.start(False)
    await driver.say({"connect": {}})
    for _ in range(PATIENCE_SECONDS * 20):
        if kept <= post.answered:
            break
        await asyncio.sleep(0.05)
    await driver.kill()


def pass_over_broken_pipes(loop, context):
    """Nobody reads any more what the app says when its driver is dead."""
    if not isinstance(context.get("exception"), ConnectionError):
        loop.default_exception_handler(context)


async def play(arguments):
    asyncio.get_running_loop().set_exception_handler(pass_over_broken_pipes)
    chance = random.Random(arguments.seed)
    messages = Messages()
    post = Post(messages, chance)
    port = await post.server.start()
    serving = asyncio.ensure_future(post.serve())
    kept = set()
    with tempfile.TemporaryDirectory(prefix="marchwire-kill-") as home:
        driver = Driver(arguments.driver, f"ws://127.0.0.1:{port}/v1/ops",
                        {**SETTINGS, "queue": str(Path(home) / "queue")}, [])
        for run in range(arguments.runs):
            post.answers = chance.choice([0.0, 0.7, 1.0])
            post.lets_in = run % 4 != 3
            await one_run(driver, kept, chance)
        await all_arrive(driver, post, kept)
    serving.cancel()
    await post.server.stop()
    messages.close()
    lost = sorted(kept - post.answered)
    print(f"| {arguments.runs} | {arguments.seed} | {len(kept)} | {post.came} | {len(lost)} | {len(set(post.changed))} |")
    for counter in lost[:10]:
        print(f"lost: {counter}", file=sys.stderr)
    return 0 if kept and not lost and not post.changed else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--driver", required=True, help="how an SDK's driver is started, without its URL")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    sys.exit(asyncio.run(play(parser.parse_args())))


if __name__ == "__main__":
    main()
