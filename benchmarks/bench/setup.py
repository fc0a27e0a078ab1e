"""What a scenario is given to measure with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass
class Setup:
    """What a scenario is given."""

    name: str
    build: Path  # with the programs
    quick: bool
    scale: float  # of the row counts of the large catalogs
    earlier: Path | None = None  # a program of 486597c, to compare with

    @property
    def program(self) -> Path:
        return self.build / "suprsync"

    def pick(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def rows(self, full: int) -> int:
        """A number of catalog rows, scaled."""
        return max(1000, int(full * (0.001 if self.quick else self.scale)))
