"""Deletion after a fresh proof, over ssh, from a destination on an ext4 of its own: from the start of a daemon that may
delete until all local files are gone, by what is asked of the copies before. Needs root, for the mount."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import Iterator

from ..daemon import VERIFIED, Daemon, registration
from ..figures import Figure, Target, pairs
from ..place import let_settle, make_files, timecode_now
from ..setup import Setup
from ..stage import Stage, stage

REMOVED = "SELECT count(*) FROM supersync_v0 WHERE removed > 0"


class Deletions:
    """Copies files, and then deletes the local ones, again and again; by a program with a catalog and a destination of
    its own."""

    def __init__(self, on: Stage, count: int, size: int, name: str = "d", program: Path | None = None):
        self.on, self.count, self.size, self.removed = on, count, size, 0
        self.name, self.program = name, program
        self.mounted = on.place / f"{name}-destination"
        self.mounted.mkdir()
        image = on.place / f"{name}-ext4"
        with open(image, "wb") as out:
            out.truncate(8 * count * size + (256 << 20))
        subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", "-N", str(8 * count + 1000), image], check=True)
        subprocess.run(["mount", "-o", "loop", image, self.mounted], check=True)
        on.ending.callback(lambda: subprocess.run(["umount", self.mounted], check=True))

    def daemon(self, *options: str) -> Daemon:
        return self.on.daemon(*options, name=self.name, program=self.program)

    def copied(self, run: str) -> None:
        """Files that are verified and not deleted yet."""
        source = self.on.place / f"{self.name}-{run}"
        names = make_files(source, self.count, self.size)
        let_settle()
        daemon = self.daemon()
        catalog = daemon.catalog()
        before = catalog.verified()
        catalog.changed()
        daemon.post([registration(source / name, f"{timecode_now()}/{run}/{name}") for name in names])
        catalog.wait(VERIFIED, before + self.count)
        catalog.close()
        daemon.stop()

    def deleted(self, run: str, recheck: str) -> float:
        """Seconds that our deletion of these takes."""
        self.copied(run)
        daemon = self.daemon("--delete-local-after", "0", "--recheck-remote", recheck)
        catalog = daemon.catalog()
        begun = time.monotonic()
        self.removed += self.count
        took = catalog.wait(REMOVED, self.removed) - begun
        catalog.close()
        daemon.stop()
        shutil.rmtree(daemon.base / str(timecode_now()) / run)
        return took

    def by_hand(self, run: str) -> float:
        """Seconds that dd, to drop each copy from memory, and md5sum take, in one command."""
        target = self.mounted / "base" / run
        make_files(target, self.count, self.size)
        remote = self.on.remote
        command = (f"cd {shlex.quote(str(target))} && sync -f . && find . -type f -print0 >/dev/shm/names.$$ && "
                   "xargs -0 -I{} dd if={} iflag=nocache count=0 status=none </dev/shm/names.$$ && "
                   "xargs -0 md5sum </dev/shm/names.$$; rm -f /dev/shm/names.$$")
        begun = time.monotonic()
        there = subprocess.check_output([*remote.ssh(), remote.host, command])
        took = time.monotonic() - begun
        if len(there.splitlines()) != self.count:
            raise RuntimeError(f"{len(there.splitlines())} sums of {self.count}")
        shutil.rmtree(target)
        return took


def measure(setup: Setup) -> Iterator[Figure]:
    count = setup.pick(10_000, 500)
    with stage(setup, ssh=True) as on:
        deletions = Deletions(on, count, 10_000)
        what = "10,000 files of 10 kB deleted here, copies on ext4 over ssh, recheck "
        rounds = setup.pick(3, 1)
        if setup.earlier:
            earlier = Deletions(on, count, 10_000, "earlier", setup.earlier)
            ours, theirs = pairs(setup.pick(8, 1), lambda i: deletions.deleted(f"size{i}", "size"),
                                 lambda i: earlier.deleted(f"size{i}", "size"))
            yield Figure(setup.name, what + "size", "s", ours, theirs, "486597c", Target("ratio", most=1.2))
        else:
            sizes = [deletions.deleted(f"size{i}", "size") for i in range(rounds)]
            yield Figure(setup.name, what + "size", "s", sizes, note="--earlier: beside 486597c")
        ours, theirs = pairs(rounds, lambda i: deletions.deleted(f"md5-{i}", "md5"),
                             lambda i: deletions.by_hand(f"hand{i}"))
        yield Figure(setup.name, what + "md5", "s", ours, theirs, "sync, dd of each, md5sum", Target("ratio", most=1.5))
