"""The form of scenarios: words of README.md and rules of SPEC.md, so that a misspelt step cannot pass as none."""
import json
import re
from pathlib import Path

from match import FORMS
from messages import FormError

SPEC = Path(__file__).resolve().parents[1] / "SPEC.md"
FAMILIES = {"connect", "wait", "drop", "delay", "duplicate", "reorder", "gap", "snapshot", "drain", "token", "revoked",
            "version", "slow", "command", "queue", "lie", "callback"}
KEYS = {"about", "family", "names", "settings", "passes", "script"}
SETTINGS = {"token", "tokens", "device", "counter", "signs", "retry_first_ms", "retry_most_ms", "commands_waiting",
            "queue"}
EVENTS = {"state", "snapshot", "item", "gap", "discontinuity", "skipped", "refused", "kept", "reply", "lost", "error",
          "fault", "state_of"}
# Of each step the words that it may have; None: what is in it is checked elsewhere.
STEPS = {"app": None, "accept": {"http", "silent", "byte_ms", "after", "key"}, "receive": None, "send": None,
         "snapshot": {"feed", "position", "message", "pieces", "order"},
         "raw": {"hex", "text", "frame_hex", "frame_bytes"}, "cut": {"send", "after"}, "close": {"code", "reason"},
         "gone": {"code"}, "event": None, "quiet": {"ms"}, "state": {"feed", "position", "json"},
         "restart": {"settings"}, "file": {"text", "full", "broken", "holds", "lacks"}}
LINES = {"connect", "close", "drop", "subscribe", "unsubscribe", "command", "report_position", "screen", "state",
         "throw", "reenter"}


def rules():
    """The numbers of SPEC.md in their order: A1, A2, ..."""
    return sorted(set(re.findall(r"\(([A-I]\d+)\)", SPEC.read_text())), key=lambda rule: (rule[0], int(rule[1:])))


def read(directory, messages):
    """All scenarios of a directory by name, checked."""
    known = set(rules())
    scenarios = {}
    for path in sorted(directory.glob("*.json")):
        try:
            scenarios[path.stem] = json.loads(path.read_text())
            check(scenarios[path.stem], known, messages)
        except (ValueError, FormError) as error:
            raise FormError(f"{path.name}: {error}") from error
    if not scenarios:
        raise FormError(f"{directory} has no scenario")
    return scenarios


def check(scenario, known_rules, messages):
    refuse_others("key", scenario, KEYS)
    for key in ("about", "family", "names", "script"):
        if key not in scenario:
            raise FormError(f"'{key}' is missing")
    refuse_others("setting", scenario.get("settings", {}), SETTINGS)
    refuse_others("event", scenario.get("passes", []), EVENTS)
    refuse_others("rule", scenario["names"], known_rules)
    refuse_others("family", [scenario["family"]], FAMILIES)
    for at, step in enumerate(scenario["script"], 1):
        try:
            check_step(step, messages)
        except FormError as error:
            raise FormError(f"step {at}: {error}") from error


def check_step(step, messages):
    verb = next(iter(step))
    refuse_others("step", [verb], STEPS)
    refuse_others("word", step, {verb, "seconds", "times"})
    value = step[verb]
    if STEPS[verb] is not None:
        refuse_others("word", value, STEPS[verb])
    if verb in ("cut", "accept") and not is_place(value.get("after", 0)):
        raise FormError(f"'{value['after']}' is no place for a cut")
    if verb == "send":
        messages.server_message(value)
    elif verb == "cut" and "send" in value:
        messages.server_message(value["send"])
    elif verb == "snapshot":
        messages.snapshot_bytes(value["feed"], value["message"])
        messages.position(value["position"])
    elif verb == "app":
        refuse_others("line", value, LINES)
    elif verb == "event":
        refuse_others("event", [value["event"]], EVENTS)
    if verb in ("receive", "event", "state"):
        check_forms(value)


def is_place(after):
    """A number of bytes, "each", or "each 7"."""
    return isinstance(after, int) or re.fullmatch(r"each( [1-9]\d*)?", after) is not None


def check_forms(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            check_forms(one)
    elif isinstance(value, str) and value.startswith("$") and not FORMS.match(value):
        raise FormError(f"'{value}' is no form of a value")


def refuse_others(what, words, known):
    others = sorted(set(words) - set(known))
    if others:
        raise FormError(f"there is no {what} '{others[0]}'")


def rules_table(scenarios):
    lines = []
    for rule in rules():
        holders = [name for name, scenario in scenarios.items() if rule in scenario["names"]]
        lines.append(f"{rule:4} {', '.join(holders) or '-'}")
    return "\n".join(lines)
