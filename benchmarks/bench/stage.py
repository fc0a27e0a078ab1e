"""What a scenario works with: a place on tmpfs, the remote host, daemons. All of it is gone when the `with` ends, however
it ends."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from .daemon import Daemon, memory_mib
from .figures import Figure, Target
from .place import Place
from .remote_host import RemoteHost
from .setup import Setup


# How files come to a remote host, as a table says it: nothing is said where nothing but rsync and a shell is there.
AGENTLESS, FAR_SIDE = "", ", suprsync there"
MOST_MEMORY_HERE, MOST_MEMORY_THERE = 128, 64  # MiB


@dataclass
class Stage:
    setup: Setup
    place: Place
    remote: RemoteHost | None
    way: str
    ending: ExitStack

    def daemon(self, *options: str, name: str = "d", program: Path | None = None) -> Daemon:
        """A daemon that sends to the remote host, or locally where there is none. It may be stopped earlier."""
        ours = self.setup.program
        if self.remote and not program:
            options += ("--remote-suprsync", str(ours)) if self.way == FAR_SIDE else ("--transfer", "rsync")
        daemon = Daemon(program or ours, self.place, self.remote, options, name=name)
        self.ending.callback(daemon.stop)
        return daemon

    def memory(self, daemon: Daemon, what: str) -> Iterator[Figure]:
        """What the daemon, and its far sides together, have had in memory at most so far."""
        yield Figure(self.setup.name, f"{what}: memory here", "MiB", [daemon.memory_mib("VmHWM")],
                     target=Target("max", most=MOST_MEMORY_HERE))
        if self.way == FAR_SIDE:
            yield Figure(self.setup.name, f"{what}: memory there", "MiB", [self._memory_there()],
                         target=Target("max", most=MOST_MEMORY_THERE))

    def _memory_there(self) -> float:
        # What they have of their files is one memory for all.
        program = str(self.setup.program).encode()
        total = of_files = 0.0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes().split(b"\0")
                if words[:2] == [program, b"far-side"]:
                    of_files = max(of_files, memory_mib(process, "RssFile"))
                    total += memory_mib(process, "VmHWM") - memory_mib(process, "RssFile")
            except (FileNotFoundError, ProcessLookupError):
                pass  # it ended meanwhile
        if not total:
            raise RuntimeError("no far side runs, so its memory is not known")
        return total + of_files


@contextmanager
def stage(setup: Setup, ssh: bool = False, one_way_ms: int = 0, window: int = 0,
          way: str = AGENTLESS) -> Iterator[Stage]:
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
        yield Stage(setup, place, remote, way, ending)
