"""A million files that wait: what they cost in memory, and whether the next batch costs more than with few."""

from __future__ import annotations

from typing import Iterator

from .. import old_catalog
from ..daemon import VERIFIED, Daemon
from ..figures import Figure, Target
from ..place import Place, let_settle, make_files
from ..setup import Setup

ROWS = 1_000_000


def copy_some(setup: Setup, place: Place, name: str, waiting: int, first: int, last: int) -> tuple[float, float, float]:
    """With `waiting` files in the catalog: CPU microseconds of the daemon for each file and files a second, both
    between the `first` and the `last` verified file, and the most memory (MiB) that it had."""
    old_catalog.make_pending(place / f"{name}.db", [str(place / "source" / n) for n in place.names], waiting)
    daemon = Daemon(setup.program, place, name=name, options=("--shutdown-grace", "1"))
    try:
        catalog = daemon.catalog()
        seen = VERIFIED + f" AND id <= {2 * last}"
        begun = catalog.wait(seen, first)
        cpu = daemon.cpu_seconds()
        done = catalog.db.execute(seen).fetchone()[0]
        ended = catalog.wait(seen, last)
        cpu = daemon.cpu_seconds() - cpu
        done = catalog.db.execute(seen).fetchone()[0] - done
        catalog.close()
        return 1e6 * cpu / done, done / (ended - begun), daemon.memory_mib("VmHWM")
    finally:
        daemon.stop()


def measure(setup: Setup) -> Iterator[Figure]:
    many = setup.rows(ROWS)
    last = min(30_000, many // 2)
    first = last // 6
    place = Place(setup.name)
    try:
        place.names = make_files(place / "source", 1000, 100)
        let_settle()
        ours, few, rates, memory = [], [], [], []
        for i in range(setup.pick(5, 1)):
            cost, rate, mib = copy_some(setup, place, f"many{i}", many, first, last)
            ours.append(cost)
            rates.append(rate)
            memory.append(mib)
            few.append(copy_some(setup, place, f"few{i}", 2 * last, first, last)[0])
        yield Figure(setup.name, f"{many:,} files wait: memory at most", "MiB", memory, target=Target("max", most=256))
        yield Figure(setup.name, "CPU of the daemon for each file, many waiting against few", "us", ours, few,
                     f"with {2 * last:,} waiting", Target("ratio", most=1.2))
        yield Figure(setup.name, "files of 100 bytes, local", "files/s", rates)
    finally:
        place.close()
