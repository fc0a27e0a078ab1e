"""What the campaigns of failing calls have in common: their options, their points in turn, what is kept."""

import argparse
import atexit
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from arguments import minutes
from record import record
from scenario import Scenario
from site_of_campaign import ARCHIVES, Site

HERE = Path(__file__).resolve().parent
MOST_FOUND = 20


def options(description):
    parser = argparse.ArgumentParser(description=description, prog="tests/torture/run.sh")
    parser.add_argument("--archive", action="append", choices=ARCHIVES,
                        help="near: a destination on this machine; far: one over ssh; served: one over ssh that has a suprsync; default: all, "
                             "one after the other")
    parser.add_argument("--minutes", type=minutes, default=float("inf"), help="no further point after so long")
    parser.add_argument("--seed", default=os.environ.get("TORTURE_SEED"), help="repeats the same choices")
    return parser


class Campaign:
    """Points in turn. Each is a scenario on a site of its own kind; what is wrong at one is told and kept."""

    def __init__(self, chosen):
        self.minutes, self.begun = chosen.minutes, time.time()
        self.seed = chosen.seed or str(random.randrange(10**6))
        self.random = random.Random(self.seed)
        self.faults, self.points, self.files, self.found, self.unreached = Counter(), 0, 0, [], 0
        self.kept = None
        self.preload = self._compile()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))  # what was started is ended

    def _compile(self):
        """The preload, in a directory of its own."""
        self.tools = Path(tempfile.mkdtemp(prefix="sup-tools-", dir="/dev/shm"))
        atexit.register(shutil.rmtree, self.tools)
        library = self.tools / "faults.so"
        compiler = os.environ.get("CC") or shutil.which("cc") or "clang-19"
        subprocess.run([compiler, "-O1", "-g", "-fPIC", "-shared", "-o", library, HERE / "faults.c"], check=True)
        return library

    def site(self, archive):
        return Site(os.environ["SUPRSYNC"], (archive,), "0.01s")

    def over(self):
        return len(self.found) >= MOST_FOUND or time.time() - self.begun > self.minutes * 60

    def judge(self, scenario, point, kind, fired):
        """Tells what is wrong at this point, where anything is; `fired`: how often its fault came about."""
        if fired:
            self.points += 1
            self.files += len(scenario.files)
            self.faults[kind] += fired
        else:
            self.unreached += 1
        if (self.points + self.unreached) % 50 == 0:
            self.line()
        if not scenario.lost:
            return
        self.kept = self.kept or Path(tempfile.mkdtemp(prefix="sup-found-", dir="/dev/shm"))
        place = self.kept / point.replace(" ", "_").replace("/", "_")
        shutil.copytree(scenario.site.top, place, dirs_exist_ok=True, symlinks=True,
                        ignore=shutil.ignore_patterns("http", "x", "ssh"))
        self.found.append(point)
        for what in scenario.lost:
            print(f"{point}: {what}", flush=True)

    def scenario(self, site):
        return Scenario(site, self.seed)

    def line(self):
        faults = ", ".join(f"{kind} {count}" for kind, count in sorted(self.faults.items()))
        print(f"{self.points} points, {time.time() - self.begun:.0f} s, {self.files} files: {faults or 'no faults'}; "
              f"not reached {self.unreached}; wrong {len(self.found)}", flush=True)

    def end(self, what):
        self.line()
        record(what, self.seed, self.begun, 0, dict(self.faults), self.files, len(self.found))
        if self.found:
            print(f"kept: {self.kept}")
            sys.exit(1)
        print("nothing was lost")
