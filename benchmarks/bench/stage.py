"""What a scenario works with: a place on tmpfs, the remote host, daemons. All of it is gone when the `with` ends, however
it ends."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from .daemon import Daemon
from .remote_host import RemoteHost
from .place import Place
from .setup import Setup


@dataclass
class Stage:
    setup: Setup
    place: Place
    remote: RemoteHost | None
    ending: ExitStack

    def daemon(self, *options: str, name: str = "d", program: Path | None = None) -> Daemon:
        """A daemon that sends to the remote host, or locally where there is none. It may be stopped earlier."""
        daemon = Daemon(program or self.setup.program, self.place, self.remote, options, name=name)
        self.ending.callback(daemon.stop)
        return daemon


@contextmanager
def stage(setup: Setup, ssh: bool = False, one_way_ms: int = 0, window: int = 0) -> Iterator[Stage]:
    """`ssh`: with a remote host, over a long link where `one_way_ms` is given, on which each connection has at most
    `window` bytes on their way."""
    with ExitStack() as ending:
        place = Place(setup.name)
        ending.callback(place.close)
        remote = None
        if ssh:
            link = setup.build / "benchmarks" / "long_link" if one_way_ms else None
            remote = RemoteHost(place / "host", link, one_way_ms, window)
            ending.callback(remote.close)
        yield Stage(setup, place, remote, ending)
