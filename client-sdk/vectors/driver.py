"""The driver of an SDK as a child process: lines of JSON in, lines of JSON out, all of it kept for the transcript."""
import asyncio
import json
import resource
import shlex


class Driver:
    """`events` holds what it says, in order; None behind the last line. `transcript` gets a line for each thing."""

    def __init__(self, command, url, settings, transcript):
        self._command = [*shlex.split(command), url]
        self._settings = settings
        self._transcript = transcript
        self._process = None
        self._tasks = []
        self.events = asyncio.Queue()

    async def start(self, is_full):
        self.events = asyncio.Queue()
        # A limit on a file's size beats the signal that comes with it: writing fails, as on a full disk.
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, restore_signals=False, limit=1 << 22)
        if is_full:
            self.fill_disk(True)
        self._tasks = [asyncio.ensure_future(self._read(self._process.stdout, self.events)),
                       asyncio.ensure_future(self._read_errors(self._process.stderr))]
        await self.say(self._settings)

    def fill_disk(self, is_full):
        """No byte can be written to any file any more, or again."""
        soft = 0 if is_full else resource.RLIM_INFINITY
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    def change(self, settings):
        self._settings = {**self._settings, **settings}

    async def say(self, line):
        self._transcript.append(f"app     {json.dumps(line)}")
        try:
            self._process.stdin.write(json.dumps(line).encode() + b"\n")
            await self._process.stdin.drain()
        except ConnectionError:
            pass  # its end is told by `events`

    async def _read(self, stream, events):
        while line := await stream.readline():
            text = line.decode(errors="replace").rstrip("\n")
            self._transcript.append(f"driver  {text}")
            try:
                events.put_nowait(json.loads(text))
            except ValueError:
                events.put_nowait({"event": "no JSON", "line": text})
        self._transcript.append("driver  (ended)")
        events.put_nowait(None)

    async def _read_errors(self, stream):
        while line := await stream.readline():
            self._transcript.append(f"stderr  {line.decode(errors='replace').rstrip()}")

    async def kill(self):
        if self._process is None:
            return
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        for task in self._tasks:
            await task
        self._process = None

    async def end(self):
        """Its standard input ends; a driver that goes on then is killed. Its exit code, negative for a signal."""
        if self._process is None:
            return 0
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), 3)
        except asyncio.TimeoutError:
            await self.kill()
            return None
        for task in self._tasks:
            await task
        return self._process.returncode
