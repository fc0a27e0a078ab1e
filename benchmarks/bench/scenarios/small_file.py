"""One small file at a time: how long from its registration until it is verified, over a connection that is kept."""

from __future__ import annotations

import shlex
import subprocess
import time
from pathlib import Path
from typing import Iterator

from ..daemon import VERIFIED, registration
from ..figures import Figure, Target
from ..place import timecode_now
from ..setup import Setup
from ..stage import AGENTLESS, FAR_SIDE, Stage, stage

ONE = VERIFIED + " AND id > ?"


class Sender:
    def __init__(self, on: Stage):
        self.place, self.remote = on.place, on.remote
        self.daemon = on.daemon()
        self.catalog = self.daemon.catalog()
        self.count = 0
        on.ending.callback(self.close)

    def new_file(self) -> tuple[Path, str]:
        """One that is written just now, as files are."""
        self.count += 1
        local = self.place / f"{self.count:06d}.g3"
        local.write_bytes(f"{self.count:0100d}".encode() * 100)
        return local, f"{timecode_now()}/smurf/{local.name}"

    def last_id(self) -> int:
        return self.catalog.db.execute("SELECT coalesce(max(id), 0) FROM supersync_v0").fetchone()[0]

    def posted(self) -> float:
        """Seconds from the request to the commit that says verified."""
        local, remote = self.new_file()
        after = self.last_id()
        self.catalog.changed()
        begun = time.monotonic()
        self.daemon.post([registration(local, remote)])
        return self.catalog.wait(ONE, 1, 60, 0.0005, (after,)) - begun

    def inserted(self) -> float:
        """The same from another program's commit on."""
        local, remote = self.new_file()
        after = self.last_id()
        begun = time.monotonic()
        self.catalog.insert(local, remote)
        return self.catalog.wait(ONE, 1, 60, 0.0005, (after,)) - begun

    def by_hand(self) -> float:
        """rsync, md5sum there and here over an ssh connection that is kept, too."""
        local, _ = self.new_file()
        kept = self.remote.ssh("-o", "ControlMaster=auto", "-o", f"ControlPath={self.place}/master",
                            "-o", "ControlPersist=30")
        target = self.place / "by-hand"
        begun = time.monotonic()
        subprocess.run(["rsync", "-a", "-e", shlex.join(kept), local, f"{self.remote.host}:{target}/"], check=True)
        there = subprocess.check_output([*kept, self.remote.host, f"md5sum {target}/{local.name}"])
        here = subprocess.check_output(["md5sum", local])
        took = time.monotonic() - begun
        if there.split()[0] != here.split()[0]:
            raise RuntimeError("the bare tools' copy differs")
        return took

    def close(self) -> None:
        subprocess.run([*self.remote.ssh("-o", f"ControlPath={self.place}/master"), "-O", "exit", self.remote.host],
                       check=False, stderr=subprocess.DEVNULL)
        self.catalog.close()


def measure(setup: Setup) -> Iterator[Figure]:
    for way, most in ((AGENTLESS, 60), (FAR_SIDE, 20)):
        yield from measure_by(setup, way, most)


def measure_by(setup: Setup, way: str, most: float) -> Iterator[Figure]:
    with stage(setup, ssh=True, way=way) as on:
        sender = Sender(on)
        sender.posted()  # the connection is there
        sender.by_hand()
        posted, by_hand = [], []
        for i in range(setup.pick(200, 5)):
            time.sleep(0.3)  # nothing of the file before is at work any more
            posted.append(sender.posted())
            if i % 10 == 0:
                by_hand.append(sender.by_hand())
        posted = [1e3 * t for t in posted]
        by_hand = [1e3 * t for t in by_hand]
        what = f"one file of 10 kB over ssh{way}, POST to verified"
        tools = "rsync, md5sum, md5sum, connection kept"
        yield Figure(setup.name, what, "ms", posted, by_hand, tools, Target("median", most=most))
        yield Figure(setup.name, what, "ms", posted, target=Target("p99", most=200))
        inserted = []
        for i in range(setup.pick(60, 3)):
            inserted.append(1e3 * sender.inserted())
            time.sleep(0.037 * (i % 7))  # at any moment of the daemon's rhythm
        yield Figure(setup.name, f"the same{way}, inserted by another program", "ms", inserted,
                     target=Target("median", most=350))
