"""Whether what came is what a scenario names: what is named must be there and be equal, more may be."""
import base64
import re

FORMS = re.compile(r"^\$(present|bytes \d+|from -?\d+ to -?\d+|same \w+|other \w+)$")


def find_difference(expected, actual, names, path=""):
    """The first difference as a sentence, None where there is none. `names` keeps what `$same NAME` has stood for."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return f"{path or 'it'} should be an object, and is {actual!r}"
        for key, value in expected.items():
            found = find_difference(value, actual.get(key), names, f"{path}.{key}" if path else key)
            if found:
                return found
        return None
    if isinstance(expected, list):
        if not isinstance(actual, list):
            actual = [] if actual is None else [actual]
        if len(actual) != len(expected):
            return f"{path} should have {len(expected)} elements, and has {len(actual)}: {actual!r}"
        for at, value in enumerate(expected):
            found = find_difference(value, actual[at], names, f"{path}[{at}]")
            if found:
                return found
        return None
    if isinstance(expected, str) and expected.startswith("$"):
        return _find_odd(expected, actual, names, path)
    if expected != actual:
        return f"{path} should be {expected!r}, and is {actual!r}"
    return None


def _find_odd(form, actual, names, path):
    """$present; $bytes N (base64); $from A to B (a number, also as a string); $same NAME; $other NAME."""
    verb, *rest = form[1:].split(" ")
    if actual is None:
        return f"{path} should be there ({form})"
    if verb == "bytes" and len(base64.b64decode(str(actual))) != int(rest[0]):
        return f"{path} should have {rest[0]} bytes, and is {actual!r}"
    if verb == "from" and not int(rest[0]) <= float(actual) <= int(rest[2]):
        return f"{path} should lie from {rest[0]} to {rest[2]}, and is {actual!r}"
    if verb == "same" and names.setdefault(rest[0], actual) != actual:
        return f"{path} should be {names[rest[0]]!r} as before, and is {actual!r}"
    if verb == "other":
        if names.get(rest[0]) == actual:
            return f"{path} should be another than before, and is {actual!r} again"
        names[rest[0]] = actual
    return None
