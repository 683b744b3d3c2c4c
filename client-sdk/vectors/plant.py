#!/usr/bin/env python3
"""Plants the faults of faults.json into a copy of the tree, one by one: the scenario that each names has to go red."""
import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KEYS = {"family", "sdk", "fault", "file", "find", "replace", "scenario"}


class Broken(Exception):
    """faults.json does not fit the tree any more, or the tree does not build."""


class Sdk:
    """A copy of the tree in build/plant/NAME, and how the SDK's driver is made and started there."""

    def __init__(self, name, build, driver):
        self.home = ROOT / "build" / "plant" / name
        self.tree = self.home / "tree"
        self._build = build
        self._driver = driver

    def copy_tree(self):
        """What git knows and what is new; a file that is as it was keeps its time, so that little is built anew."""
        listed = subprocess.run(["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others",
                                 "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        wanted = {name for name in listed.split("\0") if name and (ROOT / name).is_file()}
        for name in wanted:
            source, target = ROOT / name, self.tree / name
            if not target.exists() or target.read_bytes() != source.read_bytes():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
                shutil.copymode(source, target)

    def build(self):
        for command in self._build:
            words = [word.format(tree=self.tree, home=self.home, root=ROOT) for word in command]
            done = subprocess.run(words, cwd=self.tree, capture_output=True, text=True)
            if done.returncode != 0:
                raise Broken(f"{' '.join(words)}:\n{(done.stdout + done.stderr)[-3000:]}")

    def play(self, scenarios):
        """play.py's exit code and words: 0 all green, 1 something red."""
        driver = self._driver.format(tree=self.tree, home=self.home)
        only = [word for name in scenarios for word in ("--only", name)]
        done = subprocess.run([sys.executable, "-B", HERE / "play.py", "--driver", driver, *only],
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


SDKS = {
    # Without unity builds a fault costs the file that it is in.
    "cpp": Sdk("cpp",
               [["cmake", "--preset", "debug", "-B", "{home}/build", "-DCMAKE_UNITY_BUILD=OFF",
                 "-DMARCHWIRE_TESTS=OFF"],
                ["cmake", "--build", "{home}/build", "--target", "sdk_driver"]],
               "{home}/build/sdk_driver"),
    "c": Sdk("c",
             [["cmake", "--preset", "debug", "-B", "{home}/build", "-DCMAKE_UNITY_BUILD=OFF", "-DMARCHWIRE_TESTS=OFF"],
              ["cmake", "--build", "{home}/build", "--target", "c_driver"]],
             "{home}/build/c_driver"),
    "typescript": Sdk("typescript",
                      [["ln", "-sfn", "{root}/client-sdk/typescript/node_modules",
                        "{tree}/client-sdk/typescript/node_modules"],
                       ["node", "{tree}/client-sdk/typescript/tools/generate.mjs"],
                       ["node", "{root}/client-sdk/typescript/node_modules/typescript/bin/tsc", "-p",
                        "{tree}/client-sdk/typescript"]],
                      "node {tree}/client-sdk/typescript/build/test/driver.js"),
}


def present():
    """The SDKs of this tree, in the order of their names."""
    return sorted(name for name in SDKS if (HERE.parent / name).is_dir())


def read_faults():
    faults = json.loads((HERE / "faults.json").read_text())
    faults = [fault for fault in faults if fault["sdk"] in present()]
    for fault in faults:
        if set(fault) != KEYS:
            raise Broken(f"a fault needs {sorted(KEYS)}, and this one has {sorted(fault)}")
        text = (ROOT / fault["file"]).read_text()
        if text.count(fault["find"]) != 1:
            raise Broken(f"{fault['sdk']}, {fault['family']}: {fault['file']} holds what is to be replaced"
                         f" {text.count(fault['find'])} times, and not once")
        if not (HERE / "scenarios" / f"{fault['scenario']}.json").exists():
            raise Broken(f"{fault['sdk']}, {fault['family']}: there is no scenario '{fault['scenario']}'")
    return faults


def plant(sdk, fault):
    """Whether the scenario went red. The copy is as it was behind it."""
    path = sdk.tree / fault["file"]
    whole = path.read_text()
    path.write_text(whole.replace(fault["find"], fault["replace"]))
    try:
        sdk.build()
        code, said = sdk.play([fault["scenario"]])
        if code not in (0, 1):
            raise Broken(said)
        return code == 1
    finally:
        path.write_text(whole)


def missing_families(name, faults):
    families = {json.loads(path.read_text())["family"] for path in (HERE / "scenarios").glob("*.json")}
    return sorted(families - {fault["family"] for fault in faults})


def run(name, faults):
    """The number of faults that nobody saw."""
    sdk = SDKS[name]
    sdk.copy_tree()
    sdk.build()
    code, said = sdk.play(sorted({fault["scenario"] for fault in faults}))
    if code != 0:
        raise Broken(f"{name} is red without any fault:\n{said}")
    unseen = 0
    for fault in faults:
        is_red = plant(sdk, fault)
        unseen += not is_red
        print(f"{name:10} {fault['family']:10} {'red, as it has to be' if is_red else 'NOT SEEN'}: {fault['fault']}"
              f" ({fault['scenario']})", flush=True)
    return unseen


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sdk", action="append", choices=sorted(SDKS), help="this SDK alone; again and again")
    arguments.add_argument("--family", action="append", default=[], help="this family alone; again and again")
    chosen = arguments.parse_args()
    os.environ["CI"] = os.environ.get("CI", "true")
    try:
        faults, unseen = read_faults(), 0
        for name in chosen.sdk or present():
            own = [fault for fault in faults if fault["sdk"] == name]
            for family in missing_families(name, own):
                print(f"{name:10} {family:10} HAS NO FAULT")
                unseen += 1
            wanted = [fault for fault in own if not chosen.family or fault["family"] in chosen.family]
            unseen += run(name, wanted)
        print(f"{unseen} unseen" if unseen else "each family goes red")
        return 1 if unseen else 0
    except (Broken, OSError, ValueError) as error:
        print(f"plant.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
