#!/usr/bin/env python3
"""Holds the C SDK's library to what programs were built for: check.py build/debug/lib/libmarchwire.so

It exports marchwire_ alone, each function with the types and each constant with the value that stand in marchwire.abi
beside this file. MARCHWIRE_GOLDEN_REWRITE=1 writes there what was added; within one SONAME nothing goes and nothing
changes."""
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

HERE = Path(__file__).resolve().parent
DESCRIPTION = HERE / "marchwire.abi"
HEADER = HERE.parent / "include" / "marchwire.h"
SYMBOL_VERSION = "MARCHWIRE_0.1"


class Unfit(Exception):
    """The library cannot be described."""


def said(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Unfit(f"{command[0]}: {done.stdout}{done.stderr}")
    return done.stdout


def strangers(library):
    """What others could link to, and is not of the C SDK."""
    symbols = [line.split()[0] for line in
               said("nm", "--dynamic", "--defined-only", "--format=posix", library).splitlines()]
    version = re.escape(SYMBOL_VERSION)
    wanted = re.compile(rf"marchwire_[a-z_]+@@{version}|{version}(@@.*)?")
    return [symbol for symbol in symbols if not wanted.fullmatch(symbol)]


class Types:
    """The types of libabigail's description, each in words: typedefs are followed to what they are."""

    def __init__(self, root):
        self._by_id = {element.get("id"): element for element in root.iter() if element.get("id")}

    def words(self, type_id):
        element = self._by_id[type_id]
        if element.tag == "typedef-decl":
            return self.words(element.get("type-id"))
        if element.tag == "pointer-type-def":
            return self.words(element.get("type-id")) + "*"
        if element.tag == "qualified-type-def":
            return self.words(element.get("type-id")) + (" const" if element.get("const") else "")
        if element.tag == "function-type":
            return self.signature(element)
        return element.get("name")

    def signature(self, function):
        """`int (marchwire_client*, char const*)`"""
        parameters = ", ".join(self.words(one.get("type-id")) for one in function.findall("parameter"))
        return f"{self.words(function.find('return').get('type-id'))} ({parameters})"


def describe(library):
    """Lines of NAME: TYPE and NAME = VALUE behind the SONAME, from the library's own debug information."""
    with tempfile.TemporaryDirectory(prefix="marchwire-abi-") as home:
        path = Path(home) / "library.xml"
        said("abidw", "--exported-interfaces-only", "--headers-dir", HEADER.parent, "--drop-private-types", "--out-file",
             path, library)
        root = xml.parse(path).getroot()
    types = Types(root)
    names = sorted(one.get("name") for one in root.find("elf-function-symbols"))
    functions = {one.get("name"): one for one in root.iter("function-decl") if one.get("elf-symbol-id")}
    without = [name for name in names if name not in functions]
    if without:
        raise Unfit(f"no types are known of {', '.join(without)}: is it built without -g?")
    constants = re.findall(r"^ *(MARCHWIRE_[A-Z_]+) = (\d+)", HEADER.read_text(), re.MULTILINE)
    return [f"soname {root.get('soname')}", *(f"{name}: {types.signature(functions[name])}" for name in names),
            *(f"{name} = {value}" for name, value in constants)]


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    foreign = strangers(sys.argv[1])
    if foreign:
        print("exported, and not the C SDK's: " + ", ".join(foreign))
        return 1
    now = describe(sys.argv[1])
    then = DESCRIPTION.read_text().splitlines() if DESCRIPTION.exists() else []
    lost = [line for line in then if line not in now]
    if then and then[0] != now[0]:
        lost = []  # another SONAME: programs of the old one do not load it
    added = [line for line in now if line not in then]
    if os.environ.get("MARCHWIRE_GOLDEN_REWRITE") == "1" and not lost:
        DESCRIPTION.write_text("\n".join(now) + "\n")
        return 0
    for sign, lines in (("-", lost), ("+", added)):
        for line in lines:
            print(sign, line)
    if lost:
        print("Programs that were built for this library do not run any more: put it back, or give it another SONAME.")
    elif added:
        print("Was that meant? MARCHWIRE_GOLDEN_REWRITE=1 writes it down.")
    return 1 if lost or added else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Unfit, OSError) as error:
        print(f"check.py: {error}", file=sys.stderr)
        sys.exit(2)
