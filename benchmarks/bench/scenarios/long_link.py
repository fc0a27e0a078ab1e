"""A link with a round trip of 150 ms: files that arrive steadily, and a backlog."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
from typing import Iterator

from ..daemon import VERIFIED, registration
from ..remote_host import RemoteHost
from ..figures import Figure, Target, pairs
from ..place import Place, let_settle, make_files, timecode_now
from ..setup import Setup
from ..stage import Stage, stage

ONE_WAY_MS = 75
SIZE = 50_000
ARRIVING = 20  # files/s
PER_BATCH = 100


def arrivals(setup: Setup) -> Iterator[Figure]:
    """Files are registered one by one, 20 a second; what waits is looked at ten times a second."""
    count = setup.pick(2000, 60)
    with stage(setup, ssh=True, one_way_ms=ONE_WAY_MS) as on:
        place = on.place
        names = make_files(place / "source", count, SIZE)
        let_settle()
        daemon = on.daemon()
        catalog = daemon.catalog()
        top = timecode_now()
        waiting = []
        begun = time.monotonic()
        posted = verified = 0
        while verified < count:
            now = time.monotonic()
            while posted < min(count, int((now - begun) * ARRIVING)):
                name = names[posted]
                daemon.post([registration(place / "source" / name, f"{top}/smurf/{name}")])
                posted += 1
            if catalog.changed():
                verified = catalog.verified()
            if posted < count:
                waiting.append((posted - verified) / ARRIVING)
            if now - begun > count / ARRIVING + 300:
                raise RuntimeError(f"{verified} of {count} files are verified")
            time.sleep(0.1)
        yield Figure(setup.name, f"{count:,} files of 50 kB at 20 a second, 150 ms round trip: arrivals that wait",
                     "s", waiting, target=Target("max", most=5),
                     note=f"all verified {time.monotonic() - begun - count / ARRIVING:.1f} s after the last came")
        catalog.close()


def by_hand(place: Place, remote: RemoteHost, names: list[str], target: str) -> float:
    """The loop: 100 files with rsync, their sums there, their sums here, the next 100."""
    begun = time.monotonic()
    for at in range(0, len(names), PER_BATCH):
        some = names[at:at + PER_BATCH]
        listed = "\n".join(some).encode()
        subprocess.run(["rsync", "-a", "--files-from=-", "-e", shlex.join(remote.ssh()), f"{place / 'source'}/",
                        f"{remote.host}:{target}/"], input=listed, check=True)
        there = subprocess.check_output([*remote.ssh(), remote.host, f"cd {target} && xargs md5sum"], input=listed)
        here = subprocess.check_output(["xargs", "md5sum"], cwd=place / "source", input=listed)
        if here != there:
            raise RuntimeError("the bare tools' copies differ")
    return time.monotonic() - begun


class Sender:
    """A daemon that sends the same files again and again, each time to a place of its own that is removed."""

    def __init__(self, on: Stage, *options: str):
        self.place = on.place
        self.daemon = on.daemon(*options, name=f"d{len(options)}")
        self.catalog = self.daemon.catalog()

    def send(self, names: list[str], prefix: str) -> float:
        after = self.catalog.db.execute("SELECT coalesce(max(id), 0) FROM supersync_v0").fetchone()[0]
        top = timecode_now()
        begun = time.monotonic()
        self.daemon.post([registration(self.place / "source" / n, f"{top}/{prefix}/{n}") for n in names])
        took = self.catalog.wait(VERIFIED + f" AND id > {after}", len(names)) - begun
        shutil.rmtree(self.daemon.base / str(top) / prefix)
        return took

    def close(self) -> None:
        self.catalog.close()
        self.daemon.stop()


def backlog(setup: Setup) -> Iterator[Figure]:
    """Each sample of the loop, which takes long, is beside one of each way of ours."""
    count = setup.pick(2000, 200)
    ways = {"": (), f", --files-per-batch {PER_BATCH} for both": ("--files-per-batch", str(PER_BATCH))}
    ours: dict[str, list[float]] = {what: [] for what in ways}
    theirs = []
    with stage(setup, ssh=True, one_way_ms=ONE_WAY_MS) as on:
        place, remote = on.place, on.remote
        names = make_files(place / "source", count, SIZE)
        let_settle()

        def loop(i: int) -> None:
            theirs.append(by_hand(place, remote, names, str(place / f"by-hand-{i}")))
            shutil.rmtree(place / f"by-hand-{i}")

        for i in range(setup.pick(5, 1)):
            if i % 2 == 0:
                loop(i)
            for what, options in ways.items():
                sender = Sender(on, *options)
                sender.send(names[:1], f"warm{i}")
                ours[what].append(sender.send(names, f"run{i}"))
                sender.close()
            if i % 2 == 1:
                loop(i)
    for what, samples in ours.items():
        yield Figure(setup.name, f"backlog of {count:,} files of 50 kB, 150 ms round trip{what}", "s", samples,
                     theirs, "rsync-and-md5sum loop, 100 files a batch", Target("speedup", least=3))
