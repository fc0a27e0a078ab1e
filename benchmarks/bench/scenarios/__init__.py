"""What can be measured, by name. A scenario takes a Setup and yields Figures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

from ..figures import Figure


@dataclass
class Setup:
    """What a scenario is given."""

    name: str
    build: Path  # with the programs
    quick: bool
    scale: float  # of the row counts of the large catalogs

    @property
    def program(self) -> Path:
        return self.build / "suprsync"

    def pick(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def rows(self, full: int) -> int:
        """A number of catalog rows, scaled."""
        return max(1000, int(full * (0.001 if self.quick else self.scale)))


Scenario = Callable[[Setup], Iterator[Figure]]


def all_scenarios() -> dict[str, Scenario]:
    from . import backlog, bulk, days, functions, large_catalog, long_link, registration, small_file

    return {
        "bulk_ssh_small": bulk.ssh_small,
        "bulk_ssh_large": bulk.ssh_large,
        "bulk_local_small": bulk.local_small,
        "bulk_local_large": bulk.local_large,
        "small_file": small_file.measure,
        "link_arrivals": long_link.arrivals,
        "link_backlog": long_link.backlog,
        "registration": registration.measure,
        "backlog": backlog.measure,
        "days": days.measure,
        "large_catalog": large_catalog.measure,
        "functions": functions.measure,
    }
