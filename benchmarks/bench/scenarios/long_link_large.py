"""Large files over a link with a round trip of 150 ms, beside rsyncs that run at the same time, each over a connection
of its own: one carries what its ssh channel has on its way, and no more."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
from typing import Iterator

from ..figures import Figure, Target
from ..place import let_settle, make_files
from ..setup import Setup
from ..stage import Stage, stage
from .long_link import ONE_WAY_MS, Sender

MB = 1_000_000
WINDOW = 3 * MB  # bytes of a connection on their way, as links limit them whose windows do not grow


def rsyncs(on: Stage, names: list[str], at_once: int, target: str) -> float:
    """Seconds of so many rsyncs at once, each with its share of the files. Sums are not compared."""
    begun = time.monotonic()
    running = []
    for i in range(at_once):
        one = subprocess.Popen(["rsync", "-a", "--files-from=-", "-e", shlex.join(on.remote.ssh()),
                                f"{on.place / 'source'}/", f"{on.remote.host}:{on.place}/{target}/"],
                               stdin=subprocess.PIPE)
        one.stdin.write("\n".join(names[i::at_once]).encode())
        one.stdin.close()
        running.append(one)
    if any([one.wait() for one in running]):
        raise RuntimeError("an rsync failed")
    took = time.monotonic() - begun
    shutil.rmtree(on.place / target)
    return took


def measure(setup: Setup, count: int, size: int, rounds: int, at_once: tuple[int, ...] = (),
            window: int = 0) -> tuple[list[float], list[float]]:
    """Seconds of ours, and of the best of so many rsyncs at once, in pairs."""
    ours, theirs = [], []
    with stage(setup, ssh=True, one_way_ms=ONE_WAY_MS, window=window) as on:
        names = make_files(on.place / "source", count, size)
        let_settle()
        sender = Sender(on)
        sender.send(names[:1], "warm")  # a connection is kept, and is there when the measurement begins
        for i in range(rounds):
            ours.append(sender.send(names, f"run{i}"))
            if at_once:
                theirs.append(min(rsyncs(on, names, n, f"by-hand-{i}-{n}") for n in at_once))
        sender.close()
    return ours, theirs


def large(setup: Setup) -> Iterator[Figure]:
    rounds = setup.pick(3, 1)
    ours, theirs = measure(setup, 4, setup.pick(100 * MB, MB), rounds, (2, 4))
    yield Figure(setup.name, "4 files of 100 MB, 150 ms round trip", "s", ours, theirs, "best of 2 or 4 rsyncs at once",
                 Target("speedup", least=0.95))
    ours, theirs = measure(setup, 1, setup.pick(200 * MB, MB), rounds, (1,))
    yield Figure(setup.name, "one file of 200 MB, 150 ms round trip", "s", ours, theirs, "rsync",
                 Target("speedup", least=0.95))
    size = setup.pick(50 * MB, MB)
    ours, theirs = measure(setup, 8, size, rounds, (8,), WINDOW)
    rates = [[8 * size / MB / seconds for seconds in some] for some in (ours, theirs)]
    yield Figure(setup.name, "8 files of 50 MB, 150 ms round trip, 3 MB on their way in a connection", "MB/s", *rates,
                 "8 rsyncs at once", Target("median", least=60))


def many(setup: Setup) -> Iterator[Figure]:
    """A backlog long enough that the number of lanes is found out."""
    count, size = setup.pick(205, 8), setup.pick(20 * MB, MB)
    ours, _ = measure(setup, count, size, 1)
    yield Figure(setup.name, f"{count} files, {count * size / 1e9:.3g} GB together, 150 ms round trip", "s", ours,
                 note=f"{count * size / MB / ours[0]:.0f} MB/s")
