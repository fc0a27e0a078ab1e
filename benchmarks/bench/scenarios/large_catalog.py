"""Ten million verified rows: the first start on the agent's database, the start after that, and doing nothing."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import threading
import time
from pathlib import Path
from typing import Iterator

from .. import old_catalog
from ..daemon import VERIFIED, Daemon
from ..remote_host import RemoteHost
from ..figures import Figure, Target
from ..http import Connection
from ..place import Place, let_settle, make_files, timecode_now
from ..setup import Setup

ROWS = 10_000_000
ROWS_A_DAY = 5000


class Watcher(threading.Thread):
    """Does something again and again until told to stop; keeps the longest time that it took, in ms."""

    def __init__(self, every: float):
        super().__init__(daemon=True)
        self.every = every
        self.took: list[float] = []
        self.errors: list[str] = []
        self.ending = threading.Event()

    def once(self) -> float:
        """Seconds to be noted."""
        raise NotImplementedError

    def run(self) -> None:
        while True:  # once at least, however soon it ends
            try:
                self.took.append(1e3 * self.once())
            except Exception as error:  # an error is a result here
                self.errors.append(repr(error))
            if self.ending.wait(self.every):
                return

    def end(self) -> None:
        self.ending.set()
        self.join()
        if self.errors:
            raise RuntimeError(f"{type(self).__name__}: {len(self.errors)} errors, first {self.errors[0]}")


class LockProbe(Watcher):
    """Tries for the write lock every millisecond without waiting: how long without a break does it not get it?"""

    def __init__(self, database: Path):
        super().__init__(0.001)
        self.database = database
        self.db: sqlite3.Connection | None = None

    def once(self) -> float:
        if self.db is None:
            self.db = sqlite3.connect(self.database, timeout=0, isolation_level=None, check_same_thread=False)
        begun = time.monotonic()
        refused = begun
        while True:
            try:
                self.db.execute("BEGIN IMMEDIATE")
                self.db.execute("ROLLBACK")
                return refused - begun
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
                refused = time.monotonic()
                time.sleep(0.001)


class Writer(Watcher):
    """A program that registers a file five times a second and gives up after 5 s, as pysmurf-monitor does."""

    def __init__(self, database: Path):
        super().__init__(0.2)
        self.database = database
        self.count = 0

    def once(self) -> float:
        begun = time.monotonic()
        db = sqlite3.connect(self.database, timeout=5, isolation_level=None)
        self.count += 1
        db.execute("INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp) "
                   "VALUES (?, '', 'of-somebody-else', ?, ?)",
                   (f"/data/other/{self.count}", f"{timecode_now()}/other/{self.count}", time.time()))
        db.close()
        return time.monotonic() - begun


class Caller(Watcher):
    """Asks the daemon for a path."""

    def __init__(self, port: int, path: str):
        super().__init__(0.1)
        self.http, self.path = Connection(port), path

    def once(self) -> float:
        begun = time.monotonic()
        status, body = self.http.ask("GET", self.path)
        if status != 200:
            raise RuntimeError(f"{self.path}: {status} {body[:200]!r}")
        return time.monotonic() - begun


def first_start(setup: Setup, place: Place, remote: RemoteHost, rows: int) -> Iterator[Figure]:
    database = place / "d.db"
    watchers: list[Watcher] = [LockProbe(database), Writer(database)]
    for watcher in watchers:
        watcher.start()
    daemon = Daemon(setup.program, place, remote, wait_ready=False)
    try:
        callers = [Caller(daemon.port, path) for path in ("/healthz", "/status")]
        for caller in callers:
            caller.start()
        daemon.wait_ready(7200)
        for watcher in watchers + callers:
            watcher.end()
        memory = daemon.memory_mib("VmHWM")
    finally:
        daemon.stop()
    lines = len(re.findall(r"indexing the catalog", daemon.log.read_text()))
    what = f"first start on {rows:,} rows of the agent: "
    note = f"{daemon.ready_after:.0f} s in all, {lines} lines of progress in the log"
    yield Figure(setup.name, what + "the write lock is not to be had for", "ms", [max(watchers[0].took)],
                 target=Target("max", most=250), note=note)
    yield Figure(setup.name, what + "a writer with a patience of 5 s waits", "ms", watchers[1].took,
                 target=Target("max", most=5000), note=f"{watchers[1].count} of {watchers[1].count} writes succeeded")
    for caller in callers:
        yield Figure(setup.name, what + caller.path + " answers after", "ms", caller.took,
                     target=Target("max", most=250))
    yield Figure(setup.name, what + "resident memory", "MiB", [memory], target=Target("max", most=64))


def idle(setup: Setup, place: Place, remote: RemoteHost, rows: int) -> Iterator[Figure]:
    what = f"{rows:,} verified rows: "
    names = make_files(place / "source", setup.pick(10, 3), 10_000)
    let_settle()
    started = []
    for _ in range(setup.pick(5, 2)):
        daemon = Daemon(setup.program, place, remote, ("--sleep-time", "1"))
        started.append(daemon.ready_after)
        daemon.stop()
    yield Figure(setup.name, what + "start, once prepared", "s", started, target=Target("max", most=1))
    daemon = Daemon(setup.program, place, remote, ("--sleep-time", "1"))
    try:
        yield from look_around(setup, place, daemon, names, what)
    finally:
        daemon.stop()


def look_around(setup: Setup, place: Place, daemon: Daemon, names: list[str], what: str) -> Iterator[Figure]:
    catalog = daemon.catalog()
    verified = []
    for name in names:
        begun = time.monotonic()
        new = catalog.insert(place / "source" / name, f"{timecode_now()}/smurf/{name}")
        verified.append(catalog.wait(VERIFIED + " AND id = ?", 1, 60, 0.001, (new,)) - begun)
    yield Figure(setup.name, what + "a new file of another program, verified", "s", verified,
                 target=Target("max", most=1))

    time.sleep(2)
    passes = daemon.cpu_of_passes(setup.pick(5, 1), setup.pick(10, 3))
    yield Figure(setup.name, what + "a pass with nothing to do, CPU", "ms", passes, target=Target("median", most=2))

    answers = []
    for _ in range(setup.pick(200, 20)):
        begun = time.monotonic()
        json.loads(daemon.http.ask("GET", "/status")[1])
        answers.append(1e3 * (time.monotonic() - begun))
        time.sleep(0.005)
    yield Figure(setup.name, what + "/status", "ms", answers, target=Target("p99", most=5))
    yield Figure(setup.name, what + "resident memory", "MiB", [daemon.memory_mib("VmHWM")],
                 target=Target("max", most=64))
    catalog.close()
    yield from pages(setup, daemon, setup.rows(ROWS), what)


# What people ask for, and how much of the catalog that is.
PAGES = {
    "no filter": "",
    "an archive": "archive=timestreams",
    **{f"state {state}": f"state={state}" for state in
       ("pending", "retrying", "failed", "ignored", "verified", "deleted", "unsettled", "deletable")},
    "archive and state": "archive=timestreams&state=verified",
    "remote prefix: a timecode": "remote_prefix={timecode}/",
    "remote prefix: a timecode, of a state": "remote_prefix={timecode}/&state=verified",
    "remote prefix: below a timecode, no match": "remote_prefix={timecode}/nobody",
    "remote prefix: a digit": "remote_prefix={digit}",
    "remote prefix: a digit, no match": "remote_prefix=9",
    "remote prefix: another word, no match": "remote_prefix=nobody",
    "a local path": "local_path={local}",
    "a local path that nobody registered": "local_path=/nowhere/x",
}


def pages(setup: Setup, daemon: Daemon, rows: int, what: str) -> Iterator[Figure]:
    """Pages of 100 rows at the begin, in the middle and at the end of what is asked for."""
    catalog = daemon.catalog()
    middle, = catalog.db.execute("SELECT remote_path FROM supersync_v0 WHERE id = ?", (rows // 2,)).fetchone()
    local, = catalog.db.execute("SELECT local_path FROM supersync_v0 WHERE id = ?", (rows // 2,)).fetchone()
    names = {"timecode": middle.split("/")[0], "digit": middle[0], "local": local}
    target = Target("max", most=20)  # ours
    repeated = setup.pick(10, 1)
    for which, query in PAGES.items():
        took = [daemon.timed_ms(f"/files?{query.format(**names)}&after={after}")
                for after in (0, rows // 2, rows - 50) for _ in range(repeated)]
        yield Figure(setup.name, what + "a page of 100, " + which, "ms", took, target=target,
                     note="at the begin, in the middle, at the end")
    for which, path in (("/archives", "/archives"),
                        ("100 directories of /timecodes", "/timecodes?archive=timestreams&limit=100")):
        took = [daemon.timed_ms(path) for _ in range(3 * repeated)]
        yield Figure(setup.name, what + which, "ms", took, target=target)
    for which, since in (("of the last day", time.time() - 86400), ("of the future", time.time() + 1e6)):
        took = []
        for _ in range(repeated):
            begun = time.monotonic()
            subprocess.run([str(setup.program), "list", "timestreams", "--since", str(since), "--db",
                            str(daemon.database)], check=True, stdout=subprocess.DEVNULL)
            took.append(1e3 * (time.monotonic() - begun))
        yield Figure(setup.name, what + "list --since, " + which, "ms", took, target=Target("max", most=100),
                     note="the whole command")
    catalog.close()


def measure(setup: Setup) -> Iterator[Figure]:
    rows = setup.rows(ROWS)
    place = Place(setup.name)
    remote = None
    try:
        remote = RemoteHost(place / "host")
        old_catalog.make(place / "d.db", rows, min(ROWS_A_DAY, rows))
        yield from first_start(setup, place, remote, rows)
        yield from idle(setup, place, remote, rows)
    finally:
        if remote:
            remote.close()
        place.close()
