"""What can be measured, by name. A scenario takes a Setup and yields Figures."""

from __future__ import annotations

from typing import Callable, Iterator

from ..figures import Figure
from ..setup import Setup


Scenario = Callable[[Setup], Iterator[Figure]]


def all_scenarios() -> dict[str, Scenario]:
    from . import backlog, bulk, days, deletion, functions, large_catalog, long_link, long_link_large
    from . import registration, small_file

    return {
        "bulk_ssh_small": bulk.ssh_small,
        "bulk_ssh_large": bulk.ssh_large,
        "bulk_local_small": bulk.local_small,
        "bulk_local_large": bulk.local_large,
        "small_file": small_file.measure,
        "link_arrivals": long_link.arrivals,
        "link_backlog": long_link.backlog,
        "link_large": long_link_large.large,
        "link_many_large": long_link_large.many,
        "deletion": deletion.measure,
        "registration": registration.measure,
        "backlog": backlog.measure,
        "days": days.measure,
        "large_catalog": large_catalog.measure,
        "functions": functions.measure,
    }
