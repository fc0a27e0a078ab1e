"""Many files at once, from registration without checksums until all are verified, against the steps that a person
would take: rsync -a, md5sum there, md5sum here, compare."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Iterator

from ..daemon import VERIFIED, registration
from ..remote_host import RemoteHost
from ..figures import Figure, Target, pairs
from ..place import count_files, let_settle, make_files, timecode_now
from ..setup import Setup
from ..stage import AGENTLESS, FAR_SIDE, Stage, stage


def by_hand(source: Path, target: Path, remote: RemoteHost | None) -> float:
    """Seconds that the bare tools take for the same."""
    begun = time.monotonic()
    command = ["rsync", "-a"]
    if remote:
        command += ["-e", shlex.join(remote.ssh())]
    subprocess.run([*command, f"{source}/", f"{remote.host}:{target}/" if remote else f"{target}/"], check=True)
    sums = "find . -type f -print0 | xargs -0 md5sum"
    there = f"cd {shlex.quote(str(target))} && {sums}"
    there = subprocess.run([*remote.ssh(), remote.host, there] if remote else ["sh", "-c", there],
                           check=True, stdout=subprocess.PIPE).stdout
    here = subprocess.run(["sh", "-c", sums], cwd=source, check=True, stdout=subprocess.PIPE).stdout
    if sorted(here.splitlines()) != sorted(there.splitlines()):
        raise RuntimeError("the bare tools' copies differ")
    return time.monotonic() - begun


class Bulk:
    """Sends the same files again and again, each time to a place of its own that is removed afterwards."""

    def __init__(self, on: Stage, count: int, size: int):
        self.place, self.remote, self.size = on.place, on.remote, size
        self.source = self.place / "source"
        self.names = make_files(self.source, count, size)
        let_settle()
        self.daemon = on.daemon()
        self.catalog = self.daemon.catalog()
        self.read = []
        self.begun = 0
        self.cpu = []
        # The connection is kept, and is there when the measurement begins.
        self.send(self.names[:1], "warm")

    def send(self, names: list[str], prefix: str) -> float:
        after = self.catalog.db.execute("SELECT coalesce(max(id), 0) FROM supersync_v0").fetchone()[0]
        top = f"{timecode_now()}"
        files = [registration(self.source / n, f"{top}/{prefix}/{n}") for n in names]
        self.catalog.changed()
        read, cpu = self.daemon.bytes_read(), self.daemon.cpu_seconds()
        begun = time.monotonic()
        self.daemon.post(files)
        ended = self.catalog.wait(VERIFIED + f" AND id > {after}", len(files))
        self.read.append((self.daemon.bytes_read() - read) / (len(files) * self.size))
        self.cpu.append(self.daemon.cpu_seconds() - cpu)
        arrived = self.daemon.base / top / prefix
        if count_files(arrived) != len(files):
            raise RuntimeError(f"{count_files(arrived)} of {len(files)} files are at the destination")
        shutil.rmtree(arrived)
        return ended - begun

    def ours(self, i: int) -> float:
        return self.send(self.names, f"run{i}")

    def theirs(self, i: int) -> float:
        target = self.place / f"by-hand-{i}"
        took = by_hand(self.source, target, self.remote)
        shutil.rmtree(target)
        return took


def measure(setup: Setup, ssh: bool, count: int, size: int, what: str, most: float,
            way: str = AGENTLESS) -> Iterator[Figure]:
    what += way
    with stage(setup, ssh, way=way) as on:
        bulk = Bulk(on, count, size)
        ours, theirs = pairs(setup.pick(5, 2), bulk.ours, bulk.theirs)
        yield Figure(setup.name, what, "s", ours, theirs, "rsync, md5sum, md5sum", Target("ratio", most=most),
                     f"daemon itself {bulk.cpu[-1]:.2f} s CPU")
        if size > 1_000_000:
            yield Figure(setup.name, f"{what}: bytes that the daemon reads per byte registered", "", bulk.read[1:],
                         target=Target("max", most=1.02))
        yield from on.memory(bulk.daemon, what)


def ssh_small(setup: Setup) -> Iterator[Figure]:
    for way, most in ((AGENTLESS, 0.8), (FAR_SIDE, 0.6)):
        yield from measure(setup, True, setup.pick(10_000, 500), 10_000, "10,000 files of 10 kB over ssh", most, way)


def ssh_large(setup: Setup) -> Iterator[Figure]:
    for way, most in ((AGENTLESS, 0.65), (FAR_SIDE, 0.55)):
        yield from measure(setup, True, 6, setup.pick(200_000_000, 2_000_000), "6 files of 200 MB over ssh", most, way)


def local_small(setup: Setup) -> Iterator[Figure]:
    return measure(setup, False, setup.pick(10_000, 500), 10_000, "10,000 files of 10 kB, local", 0.75)


def local_large(setup: Setup) -> Iterator[Figure]:
    return measure(setup, False, 6, setup.pick(200_000_000, 2_000_000), "6 files of 200 MB, local", 0.5)
