"""How the tests in Python say what they found, and wait."""

from __future__ import annotations

import time
from collections.abc import Callable

LIMIT = 60  # s, for what takes a second


def check(what: str, holds: bool, found: object = "") -> None:
    if not holds:
        raise AssertionError(f"{what}: found {found!r}" if found != "" else what)
    print(f"ok    {what}", flush=True)


def wait_until(what: str, holds: Callable[[], bool], limit: float = LIMIT) -> None:
    end = time.monotonic() + limit
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"waited {limit:g} s in vain: {what}")
        time.sleep(0.1)
    print(f"ok    {what}", flush=True)
