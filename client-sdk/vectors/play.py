#!/usr/bin/env python3
"""Plays the scenarios of client-sdk/SPEC.md against the driver of an SDK, and judges (README.md beside this file)."""
import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

import form
import frames
from driver import Driver
from messages import FormError, Messages
from script import Play, Red

HERE = Path(__file__).resolve().parent


class Failure(Exception):
    """A scenario that is red, told for a person."""


def plays_of(scenario, messages):
    """None for one play; the numbers of bytes where a step says "each", or "each 7" for each seventh."""
    for step in scenario["script"]:
        for verb in ("cut", "accept"):
            after = step.get(verb, {}).get("after")
            if isinstance(after, str):
                size = (len(frames.upgrade({"sec-websocket-key": ""})) if verb == "accept" else
                        len(frames.frame(frames.BINARY, messages.server_message(step[verb]["send"]))))
                return range(0, size, int(after.removeprefix("each") or "1"))
    return [None]


async def play_once(name, scenario, messages, command, after):
    transcript = []
    with tempfile.TemporaryDirectory(prefix="marchwire-queue-") as directory:
        queue_file = Path(directory) / "queue"
        settings = dict(scenario.get("settings", {}))
        if settings.get("queue"):
            settings["queue"] = str(queue_file)
        server = frames.Server()
        port = await server.start()
        driver = Driver(command, f"ws://127.0.0.1:{port}/v1/ops", settings, transcript)
        play = Play(scenario, messages, driver, server, queue_file, transcript, after)
        at, step = 0, None
        try:
            for at, step in enumerate(scenario["script"], 1):
                transcript.append(f"step {at:2} {json.dumps(step)}")
                await play.do(step)
            at, step = at + 1, "the end"
            await play.end()
        except (Red, asyncio.TimeoutError) as error:
            raise Failure(describe(name, scenario, after, at, step, error, transcript)) from error
        finally:
            await driver.kill()
            await server.stop()


def describe(name, scenario, after, at, step, error, transcript):
    where = "" if after is None else f", cut after {after} bytes"
    lines = [f"RED {name}{where}: {scenario['about']} ({', '.join(scenario['names'])})",
             f"  step {at}: {json.dumps(step)}", f"  {error or 'nothing came in time'}", "  transcript:"]
    return "\n".join(lines + [f"    {line[:400]}" for line in transcript])


async def play_scenario(name, scenario, messages, command, places):
    """The first failure, None where all plays pass."""
    async def one(after):
        async with places:
            await play_once(name, scenario, messages, command, after)

    tasks = [asyncio.ensure_future(one(after)) for after in plays_of(scenario, messages)]
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Failure):
            return str(result)
        if isinstance(result, BaseException):
            raise result
    return None


def seconds_of(scenario):
    """What it takes at least."""
    return sum(step["quiet"]["ms"] for step in scenario["script"] if "quiet" in step) / 1000


async def play_all(scenarios, messages, command, jobs):
    places = asyncio.Semaphore(jobs)
    started = time.monotonic()
    names = sorted(scenarios, key=lambda name: -seconds_of(scenarios[name]))  # else the last one is waited for alone
    results = await asyncio.gather(*(play_scenario(name, scenarios[name], messages, command, places) for name in names))
    red = {name: failure for name, failure in sorted(zip(names, results)) if failure}
    for failure in red.values():
        print(failure, "\n")
    print(f"{len(scenarios)} scenarios, {len(scenarios) - len(red)} pass, {len(red)} red,"
          f" {time.monotonic() - started:.1f} s")
    for name in red:
        print(f"  red: {name}")
    return 1 if red else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--driver", help="the command that starts an SDK's driver")
    arguments.add_argument("--only", action="append", default=[], metavar="NAME", help="this scenario; again and again")
    arguments.add_argument("--scenarios", type=Path, default=HERE / "scenarios", metavar="DIRECTORY")
    arguments.add_argument("--jobs", type=int, default=4, metavar="N", help="plays at once (default 4)")
    arguments.add_argument("--rules", action="store_true", help="say which scenarios hold which rule, and play nothing")
    chosen = arguments.parse_args()
    messages = Messages()
    try:
        scenarios = form.read(chosen.scenarios, messages)
        if chosen.rules:
            print(form.rules_table(scenarios))
            return 0
        for name in chosen.only:
            if name not in scenarios:
                raise FormError(f"there is no scenario '{name}'")
        if not chosen.driver:
            raise FormError("--driver COMMAND is missing")
        wanted = {name: scenarios[name] for name in chosen.only} or scenarios
        return asyncio.run(play_all(wanted, messages, chosen.driver, chosen.jobs))
    except (FormError, OSError) as error:
        print(f"play.py: {error}", file=sys.stderr)
        return 2
    finally:
        messages.close()


if __name__ == "__main__":
    sys.exit(main())
