"""What is measured and how it is judged: samples of ours and of the bare tools, a target, met or not."""

from __future__ import annotations

import math
import statistics
from dataclasses import asdict, dataclass, field
from typing import Callable


def percentile(samples: list[float], share: float) -> float:
    """The smallest sample that is not exceeded by `share` of them."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


@dataclass
class Target:
    """`statistic` of the samples compared with `limit`: at most it, or at least it."""

    statistic: str  # median, p99, max, ratio (ours / theirs), speedup (theirs / ours)
    most: float | None = None
    least: float | None = None

    def text(self, unit: str) -> str:
        relative = self.statistic in ("ratio", "speedup")
        bound = f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}"
        return f"{self.statistic} {bound}" + ("" if relative or not unit else f" {unit}")


@dataclass
class Figure:
    """One line of the table. `ours[i]` and `theirs[i]` are a pair, measured one after the other."""

    scenario: str
    what: str
    unit: str
    ours: list[float]
    theirs: list[float] = field(default_factory=list)
    theirs_are: str = ""
    target: Target | None = None
    note: str = ""

    def compared(self) -> list[float]:
        """What the target's statistic is taken of."""
        statistic = self.target.statistic if self.target else "median"
        if statistic == "ratio":
            return [a / b for a, b in zip(self.ours, self.theirs)]
        if statistic == "speedup":
            return [b / a for a, b in zip(self.ours, self.theirs)]
        return self.ours

    def value(self) -> float:
        statistic = self.target.statistic if self.target else "median"
        if statistic == "p99":
            return percentile(self.ours, 0.99)
        if statistic == "max":
            return max(self.ours)
        return statistics.median(self.compared())

    def met(self) -> bool | None:
        if self.target is None:
            return None
        value = self.value()
        if self.target.most is not None:
            return value <= self.target.most
        return value >= self.target.least

    def as_json(self) -> dict:
        return asdict(self) | {"value": self.value(), "met": self.met()}


def pairs(count: int, ours: Callable[[int], float], theirs: Callable[[int], float]) -> tuple[list, list]:
    """Measures `count` pairs; who goes first changes from pair to pair, so that a drift of the machine does not
    favour one of them."""
    ours_took, theirs_took = [], []
    for i in range(count):
        for first in (i % 2 == 0, i % 2 == 1):
            (ours_took if first else theirs_took).append((ours if first else theirs)(i))
    return ours_took, theirs_took
