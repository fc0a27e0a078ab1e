"""Large files over a link with a round trip of 150 ms, beside rsyncs that run at the same time, each over a connection
of its own: one carries what its ssh channel has on its way, and no more."""

from __future__ import annotations

import shlex
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass
from typing import Iterator

from ..figures import Figure, Target
from ..place import let_settle, make_files
from ..setup import Setup
from ..stage import AGENTLESS, FAR_SIDE, Stage, stage
from .long_link import ONE_WAY_MS, Sender

MB = 1_000_000
WINDOW = 3 * MB  # bytes of a connection on their way, as links limit them whose windows do not grow


def rsyncs(on: Stage, names: list[str], at_once: int, target: str) -> float:
    """Seconds of so many rsyncs at once, each with its share of the files. Sums are not compared."""
    (on.place / target).mkdir()  # of several rsyncs at once, one that finds it being made fails
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


@dataclass
class Load:
    """So many files of that size, beside so many rsyncs at once; `window` limits what a connection has on its way."""

    count: int
    size: int
    at_once: tuple[int, ...] = ()
    window: int = 0


@dataclass
class Measured:
    """Seconds of ours, and of the best of the rsyncs, in pairs, and figures of memory."""

    ours: list[float]
    theirs: list[float]
    memory: list[Figure]


def measure(setup: Setup, load: Load, what: str, way: str, rounds: int) -> Measured:
    measured = Measured([], [], [])
    with stage(setup, ssh=True, one_way_ms=ONE_WAY_MS, window=load.window, way=way) as on:
        names = make_files(on.place / "source", load.count, load.size)
        let_settle()
        sender = Sender(on)
        sender.send(names[:1], "warm")  # a connection is kept, and is there when the measurement begins
        for i in range(rounds):
            measured.ours.append(sender.send(names, f"run{i}"))
            if load.at_once:
                measured.theirs.append(min(rsyncs(on, names, n, f"by-hand-{i}-{n}") for n in load.at_once))
        measured.memory += on.memory(sender.daemon, what)
        sender.close()
    return measured


def large(setup: Setup) -> Iterator[Figure]:
    def run(load: Load, what: str, way: str) -> Measured:
        return measure(setup, load, what, way, setup.pick(3, 1))

    size = setup.pick(100 * MB, MB)
    for way, least in ((AGENTLESS, 0.95), (FAR_SIDE, 1.5)):
        what = "4 files of 100 MB, 150 ms round trip" + way
        took = run(Load(4, size, (2, 4)), what, way)
        yield Figure(setup.name, what, "s", took.ours, took.theirs, "best of 2 or 4 rsyncs at once",
                     Target("speedup", least=least))
        yield from took.memory
    size = setup.pick(200 * MB, MB)
    for way, target in ((AGENTLESS, Target("speedup", least=0.95)), (FAR_SIDE, Target("median", most=2.5))):
        what = "one file of 200 MB, 150 ms round trip" + way
        took = run(Load(1, size, (1,)), what, way)
        yield Figure(setup.name, what, "s", took.ours, took.theirs, "rsync", target,
                     f"{size / MB / statistics.median(took.ours):.0f} MB/s")
        yield from took.memory
    size = setup.pick(50 * MB, MB)
    for way, least in ((AGENTLESS, 60), (FAR_SIDE, 70)):
        what = "8 files of 50 MB, 150 ms round trip, 3 MB on their way in a connection" + way
        took = run(Load(8, size, (8,), WINDOW), what, way)
        yield Figure(setup.name, what, "MB/s", rates(8 * size, took.ours), rates(8 * size, took.theirs),
                     "8 rsyncs at once", Target("median", least=least))
        yield from took.memory


def rates(size: int, seconds: list[float]) -> list[float]:
    return [size / MB / some for some in seconds]


def many(setup: Setup) -> Iterator[Figure]:
    """A backlog long enough that the number of lanes is found out."""
    count, size = setup.pick(205, 8), setup.pick(20 * MB, MB)
    for way, target in ((AGENTLESS, None), (FAR_SIDE, Target("median", most=60))):
        what = f"{count} files, {count * size / 1e9:.3g} GB together, 150 ms round trip{way}"
        took = measure(setup, Load(count, size), what, way, 1)
        yield Figure(setup.name, what, "s", took.ours, target=target,
                     note=f"{count * size / MB / took.ours[0]:.0f} MB/s")
        yield from took.memory
