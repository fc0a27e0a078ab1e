"""What the campaigns of failing calls have in common: their options, their points in turn, what is kept."""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import preload
from arguments import add_minutes_and_seed
from record import record
from scenario import Scenario
from site_of_campaign import ARCHIVES, Site

MOST_FOUND = 20


def options(description):
    parser = argparse.ArgumentParser(description=description, prog="tests/torture/run.sh")
    parser.add_argument("--archive", action="append", choices=ARCHIVES,
                        help="near: a destination on this machine; far: one over ssh; served: one over ssh that has a suprsync; default: all, "
                             "one after the other")
    add_minutes_and_seed(parser, "no further point after so long")
    return parser


class Campaign:
    """Points in turn. Each is a scenario on a site of its own kind; what is wrong at one is told and kept."""

    def __init__(self, chosen):
        self.minutes, self.begun = chosen.minutes, time.time()
        self.seed = chosen.seed or str(random.randrange(10**6))
        self.random = random.Random(self.seed)
        self.faults, self.points, self.files, self.found, self.unreached = Counter(), 0, 0, [], 0
        self.kept = None
        self.preload = preload.compiled()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))  # what was started is ended

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
        kills = sum(count for kind, count in self.faults.items() if kind.startswith("kill "))
        record(what, self.seed, self.begun, kills, dict(self.faults), self.files, len(self.found))
        if self.found:
            print(f"kept: {self.kept}")
            sys.exit(1)
        print("nothing was lost")
