"""What a scenario works with: a place on tmpfs, the far side, daemons. All of it is gone when the `with` ends, however
it ends."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from .daemon import Daemon
from .far_side import FarSide
from .place import Place
from .setup import Setup


@dataclass
class Stage:
    setup: Setup
    place: Place
    far: FarSide | None
    ending: ExitStack

    def daemon(self, *options: str, name: str = "d", program: Path | None = None) -> Daemon:
        """A daemon that sends to the far side, or locally where there is none. It may be stopped earlier."""
        daemon = Daemon(program or self.setup.program, self.place, self.far, options, name=name)
        self.ending.callback(daemon.stop)
        return daemon


@contextmanager
def stage(setup: Setup, ssh: bool = False, one_way_ms: int = 0, window: int = 0) -> Iterator[Stage]:
    """`ssh`: with a far side, over a long link where `one_way_ms` is given, on which each connection has at most
    `window` bytes on their way."""
    with ExitStack() as ending:
        place = Place(setup.name)
        ending.callback(place.close)
        far = None
        if ssh:
            link = setup.build / "benchmarks" / "long_link" if one_way_ms else None
            far = FarSide(place / "far", link, one_way_ms, window)
            ending.callback(far.close)
        yield Stage(setup, place, far, ending)
