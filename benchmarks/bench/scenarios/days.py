"""A thousand timecode directories of 5,000 files: what a look for days to be finalized costs, while none of them can be
(a failed file in each) and when all of them are."""

from __future__ import annotations

import time
from typing import Iterator

from .. import old_catalog
from ..daemon import Daemon
from ..figures import Figure, Target
from ..setup import Setup
from ..stage import stage

DAYS = 1000
FILES_A_DAY = 5000


def wait_quiet(daemon: Daemon) -> None:
    """Until a second costs no more than the one before."""
    last = float("inf")
    while True:
        cpu = daemon.cpu_seconds()
        time.sleep(2)
        spent = daemon.cpu_seconds() - cpu
        if spent > 0.7 * last and spent < 0.5:
            return
        last = spent


def measure(setup: Setup) -> Iterator[Figure]:
    days = setup.pick(DAYS, 20)
    a_day = max(5, setup.rows(DAYS * FILES_A_DAY) // days)
    with stage(setup) as on:
        old_catalog.make(on.place / "d.db", days * a_day, a_day, failed_each_day=1)
        daemon = on.daemon("--sleep-time", "1")
        catalog = daemon.catalog()
        wait_quiet(daemon)
        what = f"{days:,} days of {a_day:,} files, a pass, CPU: "
        yield Figure(setup.name, what + "none can be finalized", "ms",
                     daemon.cpu_of_passes(setup.pick(5, 1), setup.pick(10, 3)), target=Target("median", most=10))
        begun = time.monotonic()
        catalog.db.execute('UPDATE supersync_v0 SET "ignore" = 1 WHERE failed_copy_attempts > 0')
        ended = catalog.wait("SELECT count(*) FROM timecode_dirs_v0 WHERE finalized = 1", days)
        yield Figure(setup.name, f"{days:,} days become complete at once: until all are finalized", "s",
                     [ended - begun])
        wait_quiet(daemon)
        yield Figure(setup.name, what + "all are finalized", "ms",
                     daemon.cpu_of_passes(setup.pick(5, 1), setup.pick(10, 3)), target=Target("median", most=10))
        catalog.close()
