"""One play of a scenario: its steps, one after the other, against one driver and one server."""
import asyncio
import base64
import copy
import json

import frames
from match import find_difference

STEP_SECONDS = 5
START_SECONDS = 30  # of a driver, on a machine that has much to do


class Red(Exception):
    """What came is not what the scenario says."""


class Play:
    """`after`: where a step says "each", the number of bytes before the cut in this play."""

    def __init__(self, scenario, messages, driver, server, queue_file, transcript, after=None):
        self._passes = scenario.get("passes", [])
        self._messages = messages
        self._driver = driver
        self._server = server
        self._queue_file = queue_file
        self._transcript = transcript
        self._after = after
        self._connection = None
        self._names = {}
        self._is_full = False
        self._is_started = False
        self._put_back = []  # events that a `state` step has passed
        self._last_sent = ("", b"")

    async def do(self, step):
        verb = next(iter(step))
        if verb != "file" and not self._is_started:
            self._is_started = True
            await self._start()
        if verb == "restart":  # has its own patience
            return await self._do_restart(step[verb])
        seconds = step.get("seconds", STEP_SECONDS)
        try:
            for _ in range(step.get("times", 1)):
                await asyncio.wait_for(getattr(self, f"_do_{verb}")(step[verb]), seconds)
        except asyncio.TimeoutError as error:
            raise Red(f"nothing came within {seconds} s") from error
        except frames.RuleBroken as error:
            raise Red(f"the client broke a rule: {error}") from error

    async def _start(self):
        """Until the driver answers: how long a program takes to start is not what a step waits for."""
        await self._driver.start(self._is_full)
        try:
            await asyncio.wait_for(self._state_of("overview/the-start"), START_SECONDS)
        except asyncio.TimeoutError as error:
            raise Red(f"the driver did not answer within {START_SECONDS} s") from error

    async def end(self):
        """All that was told and said must have been asked for; and the driver ends well when nobody speaks to it."""
        if not self._is_started:
            return
        await asyncio.wait_for(self._state_of("overview/the-end"), STEP_SECONDS)
        await self._hear_all()
        event = self._next_at_once()
        if event is not None:
            raise Red(f"it also told {json.dumps(event)}")
        message = self._heard_at_once()
        if message is not None:
            raise Red(f"the client also said {message}")
        code = await self._driver.end()
        if code != 0:
            raise Red("the driver did not end when its input did" if code is None else
                      f"the driver ended with {code} (negative: by a signal)")

    # ---- what came -------------------------------------------------------------------------------

    async def _next_event(self):
        if self._put_back:
            return self._put_back.pop(0)
        event = await self._driver.events.get()
        if event is None:
            self._driver.events.put_nowait(None)
            raise Red("the driver has ended")
        return event

    def _next_at_once(self):
        """The next event that is not passed over, if it is there already."""
        while self._put_back or not self._driver.events.empty():
            event = self._put_back.pop(0) if self._put_back else self._driver.events.get_nowait()
            if event is None or event.get("event") not in self._passes:
                return event or {"event": "(ended)"}
        return None

    def _heard_at_once(self):
        while self._connection is not None and not self._connection.heard.empty():
            kind, value = self._connection.heard.get_nowait()
            said = self._messages.client_message(value) if kind == "message" else {}
            if kind != "message" or not is_ping(said):
                return f"{kind} {json.dumps(said) if kind == 'message' else value}"
        return None

    async def _hear_all(self):
        """What the client has said until now stands in `heard`: a pong comes behind it."""
        if self._connection is None or not self._connection.is_open:
            return
        await self._connection.write(frames.frame(frames.PING, b"the end"))
        try:
            await asyncio.wait_for(self._connection.pongs.get(), STEP_SECONDS)
        except asyncio.TimeoutError as error:
            raise Red("a ping of WebSocket was not answered") from error

    async def _state_of(self, feed):
        await self._driver.say({"state": feed})
        passed = []
        while True:
            event = await self._next_event()
            if event.get("event") == "state_of" and event.get("feed") == feed:
                self._put_back = passed
                return event
            passed.append(event)

    def _current(self):
        if self._connection is None:
            raise Red("there is no connection (the scenario has accepted none)")
        return self._connection

    def _note(self, what):
        self._transcript.append(f"server  {what}")

    async def _write(self, data, what):
        self._note(what)
        await self._current().write(data)

    # ---- steps -----------------------------------------------------------------------------------

    async def _do_app(self, line):
        await self._driver.say(line)

    async def _do_accept(self, how):
        self._connection = connection = await self._server.waiting.get()
        connection.byte_ms = how.get("byte_ms", 0)
        if how.get("silent"):
            self._note("accepts and says nothing")
            connection.listen_for_end()
            return
        _, headers = await connection.request()
        if "http" in how:
            await self._write(frames.refusal(how["http"]), f"HTTP {how['http']}")
            await connection.cut()
            self._connection = None
            return
        answer = frames.upgrade({**headers, "sec-websocket-key": how.get("key", headers["sec-websocket-key"])})
        if "after" in how:
            after = self._bytes_before_cut(how)
            await self._write(answer[:after], f"upgrade, cut after {after} of {len(answer)} bytes")
            await connection.cut()
            self._connection = None
            return
        await self._write(answer, "upgrade")
        connection.listen()

    async def _do_receive(self, expected):
        connection = self._current()
        while True:
            kind, value = await connection.heard.get()
            if kind != "message":
                raise Red(f"expected the message {json.dumps(expected)}, and the connection said: {kind} {value or ''}")
            said = self._messages.client_message(value)
            self._transcript.append(f"client  {json.dumps(said)}")
            if said is None:
                raise Red(f"these bytes of the client are no message: {value.hex()}")
            if not is_ping(said) or "ping" in expected:
                break
        self._compare(expected, said)

    def _compare(self, expected, actual):
        difference = find_difference(expected, actual, self._names)
        if difference:
            raise Red(f"{difference}\n    expected {json.dumps(expected)}\n    came     {json.dumps(actual)}")

    def _frame_of(self, items):
        return frames.frame(frames.BINARY, self._messages.server_message(items))

    async def _do_send(self, items):
        text = json.dumps(items)
        if self._last_sent[0] != text or "$now" in text:  # what is sent a thousand times is encoded once
            self._last_sent = (text, self._frame_of(items))
        await self._write(self._last_sent[1], text)

    async def _do_snapshot(self, step):
        message = copy.deepcopy(step["message"])
        message.setdefault("position", step["position"])
        data = self._messages.snapshot_bytes(step["feed"], message)
        pieces = step.get("pieces", 1)
        size = -(-len(data) // pieces)
        for at in step.get("order", range(pieces)):
            part = data[at * size:(at + 1) * size]
            piece = {"feed": step["feed"], "position": step["position"], "piece": at, "pieces": pieces,
                     "bytes": base64.b64encode(part).decode()}
            await self._do_send([{"snapshotPiece": piece}])

    async def _do_raw(self, step):
        if "hex" in step:
            data = frames.frame(frames.BINARY, bytes.fromhex(step["hex"]))
        elif "text" in step:
            data = frames.frame(frames.TEXT, step["text"].encode())
        elif "frame_hex" in step:
            data = bytes.fromhex(step["frame_hex"])
        else:
            data = frames.frame(frames.BINARY, bytes(step["frame_bytes"]))
        await self._write(data, f"raw {json.dumps(step)}")

    def _bytes_before_cut(self, step):
        return self._after if isinstance(step["after"], str) else step["after"]

    async def _do_cut(self, step):
        if "send" in step:
            data = self._frame_of(step["send"])
            after = self._bytes_before_cut(step)
            await self._write(data[:after], f"{json.dumps(step['send'])}, {after} of {len(data)} bytes of it")
        self._note("cut")
        await self._current().cut()
        self._connection = None

    async def _do_close(self, step):
        await self._write(frames.close_frame(step.get("code"), step.get("reason", "")), f"close {json.dumps(step)}")
        await self._current().cut()
        self._connection = None

    async def _do_gone(self, step):
        code = None
        while True:
            kind, value = await self._current().heard.get()
            if kind == "message" and not is_ping(self._messages.client_message(value)):
                raise Red(f"expected the end, and the client said {json.dumps(self._messages.client_message(value))}")
            if kind == "close":
                code = value
            if kind in ("close", "end", "broken"):
                break
        self._note(f"the client has gone, with the close code {code}")
        if "code" in step and step["code"] != code:
            raise Red(f"the client ended the connection with the close code {code}, and should with {step['code']}")
        await self._connection.cut()
        self._connection = None

    async def _do_event(self, expected):
        while True:
            event = await self._next_event()
            passed = event.get("event") in self._passes
            if not passed or find_difference(expected, event, dict(self._names)) is None:
                break
        self._compare(expected, event)

    async def _do_quiet(self, step):
        """Looks at what comes in that time; it sleeps since a scenario says so."""
        await asyncio.sleep(step["ms"] / 1000)
        event, message = self._next_at_once(), self._heard_at_once()
        if event is not None:
            raise Red(f"expected quiet, and it told {json.dumps(event)}")
        if message is not None:
            raise Red(f"expected quiet, and the client said {message}")
        if not self._server.waiting.empty():
            raise Red("expected quiet, and the client connected")

    async def _do_state(self, step):
        said = await self._state_of(step["feed"])
        if "position" in step:
            self._compare({"position": step["position"]}, said)
        if "json" in step:
            expected, actual = step["json"], said.get("json")
            if expected is None and actual is not None:
                raise Red(f"nothing should be folded, and it is {json.dumps(actual)}")
            if expected is not None:
                self._compare(expected, None if actual is None else self._messages.state(step["feed"], actual))

    async def _do_restart(self, step):
        self._note("restart")
        await self._driver.kill()
        self._put_back = []
        while not self._server.waiting.empty():
            await self._server.waiting.get_nowait().cut()
        if self._connection is not None:
            await self._connection.cut()
            self._connection = None
        self._driver.change(step.get("settings", {}))
        await self._start()

    async def _do_file(self, step):
        if "text" in step:
            self._queue_file.write_text(step["text"])
        elif "full" in step:
            self._is_full = step["full"]
            if self._is_started:
                self._driver.fill_disk(self._is_full)
        elif "broken" in step:
            aside = self._queue_file.with_name(self._queue_file.name + ".broken")
            if not aside.exists() or aside.read_text(errors="replace") != step["broken"]:
                raise Red(f"{aside.name} should hold '{step['broken']}'")
        else:
            self._look_into_file(step)

    def _look_into_file(self, step):
        held = b"".join(path.read_bytes() for path in sorted(self._queue_file.parent.glob(self._queue_file.name + "*")))
        for word in step.get("holds", []):
            if word.encode() not in held:
                raise Red(f"the queue's file should hold '{word}', and does not")
        for word in step.get("lacks", []):
            if word.encode() in held:
                raise Red(f"the queue's file should not hold '{word}' any more, and does")


def is_ping(said):
    return said is not None and "ping" in said
