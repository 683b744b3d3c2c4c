"""The messages of proto/marchwire/v1 as Python classes, made by protoc when play.py starts, and their JSON mapping."""
import importlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from google.protobuf import json_format

PROTO = Path(__file__).resolve().parents[2] / "proto"
SNAPSHOTS = {"public": ("public", "PublicSnapshot"), "ops": ("ops", "OpsSnapshot"),
             "marshal": ("ops", "MarshalSnapshot"), "overview": ("public", "OverviewRows"),
             "desk": ("ops", "DeskRows")}


class FormError(Exception):
    """A scenario says something that is no message, no step or no rule."""


class Messages:
    """The generated classes; they live in a temporary directory until `close`."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="marchwire-vectors-")
        files = sorted(str(path.relative_to(PROTO)) for path in PROTO.glob("marchwire/v1/*.proto"))
        subprocess.run(["protoc", f"--python_out={self._directory.name}", f"-I{PROTO}", *files], check=True)
        sys.path.insert(0, self._directory.name)
        self._modules = {name: importlib.import_module(f"marchwire.v1.{name}_pb2")
                         for name in ("public", "ops", "session")}

    def close(self):
        sys.path.remove(self._directory.name)
        self._directory.cleanup()

    def _parse(self, value, message):
        try:
            return json_format.ParseDict(value, message)
        except json_format.ParseError as error:
            raise FormError(f"{json.dumps(value)} is no {type(message).__name__}: {error}") from error

    def item_bytes(self, item):
        """`$more` holds bytes in hex that go behind the item's own: fields that nobody knows yet."""
        known = {key: value for key, value in item.items() if key != "$more"}
        message = self._parse(at_present(known), self._modules["session"].Item())
        return message.SerializeToString() + bytes.fromhex(item.get("$more", ""))

    def server_message(self, items):
        parts = [self.item_bytes(item) for item in items]
        return b"".join(b"\x0a" + varint(len(part)) + part for part in parts)

    def snapshot_bytes(self, feed, value):
        return self._parse(at_present(value), self._of_feed(feed)).SerializeToString()

    def position(self, value):
        return json_format.MessageToDict(self._parse(value, self._modules["session"].Item().position.__class__()))

    def client_message(self, data):
        """The JSON mapping of what a client said; None where these bytes are no message."""
        message = self._modules["session"].ClientMessage()
        try:
            message.ParseFromString(data)
        except Exception:  # DecodeError has another home in each version of the library
            return None
        return json_format.MessageToDict(message)

    def state(self, feed, value):
        """A folded state in one form, whatever its SDK leaves out or writes in full; rows in order of their march."""
        message = json_format.ParseDict(value, self._of_feed(feed), ignore_unknown_fields=True)
        normal = json_format.MessageToDict(message)
        if "rows" in normal:
            normal["rows"].sort(key=lambda row: row.get("march", ""))
        return normal

    def _of_feed(self, feed):
        module, name = SNAPSHOTS[feed.split("/")[0]]
        return getattr(self._modules[module], name)()


def at_present(value):
    """`"$now"` is the present moment in milliseconds, `"$now+500"` later."""
    if isinstance(value, dict):
        return {key: at_present(one) for key, one in value.items()}
    if isinstance(value, list):
        return [at_present(one) for one in value]
    if isinstance(value, str) and value.startswith("$now"):
        return str(int(time.time() * 1000) + int(value[4:] or "0"))
    return value


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)
