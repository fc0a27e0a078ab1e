"""How many files a second can be registered over HTTP; each answer means that the rows are durable."""

from __future__ import annotations

import os
import selectors
import time
from pathlib import Path
from typing import Iterator

from ..daemon import ARCHIVE, Daemon, registration
from ..figures import Figure, Target
from ..http import Connection, render
from ..place import Place, make_files, timecode_now
from ..setup import Setup
from ..stage import stage

BATCH = 1000
CONNECTIONS = 16


def batches(daemon: Daemon, requests: list[bytes], connections: int) -> float:
    """Files a second with `connections` clients that each wait for an answer before they send on."""
    clients = [Connection(daemon.port) for _ in range(connections)]
    took = rounds(clients, requests)
    return len(requests) * BATCH / took


def singles(daemon: Daemon, requests: list[bytes], connections: int) -> float:
    clients = [Connection(daemon.port) for _ in range(connections)]
    took = rounds(clients, requests)
    return len(requests) / took


def rounds(clients: list[Connection], requests: list[bytes]) -> float:
    """Sends all requests over the kept connections, one at a time on each; returns the seconds."""
    left = iter(requests)
    selector = selectors.DefaultSelector()
    begun = time.monotonic()
    answered = 0
    for client in clients:
        if request := next(left, None):
            client.send(request)
            selector.register(client.socket, selectors.EVENT_READ, client)
    while answered < len(requests):
        for key, _ in selector.select(30):
            client = key.data
            status, body = client.receive()
            if status != 201:
                raise RuntimeError(f"POST /files: {status} {body[:500]!r}")
            answered += 1
            if request := next(left, None):
                client.send(request)
            else:
                selector.unregister(client.socket)
    took = time.monotonic() - begun
    for client in clients:
        client.close()
    return took


class Names:
    """Local files, each registered once as files are: names of one file, a thousand in a directory."""

    def __init__(self, place: Place):
        self.root = place / "source"
        self.file = self.root / make_files(self.root, 1, 100)[0]
        self.made = 0

    def next(self) -> tuple[int, Path]:
        self.made += 1
        name = self.root / f"{self.made // 1000:03d}" / f"{self.made:08d}.g3"
        if self.made % 1000 == 0 or self.made == 1:
            name.parent.mkdir(exist_ok=True)
        os.link(self.file, name)
        return self.made, name


def measure(setup: Setup) -> Iterator[Figure]:
    with stage(setup) as on:
        place, daemon = on.place, on.daemon()
        names = Names(place)
        # Nothing is to be copied meanwhile.
        daemon.http.ask("POST", f"/archives/{ARCHIVE}/pause", {})
        top = timecode_now()

        def one() -> dict:
            made, name = names.next()
            return registration(name, f"{top}/smurf/{made // 1000}/{made:08d}.g3")

        in_batches, one_by_one = [], []
        for _ in range(setup.pick(5, 2)):
            in_batches.append(batches(daemon, [render("POST", "/files", [one() for _ in range(BATCH)])
                                               for _ in range(setup.pick(100, 4))], 4))
            one_by_one.append(singles(daemon, [render("POST", "/files", one())
                                               for _ in range(setup.pick(10_000, 200))], CONNECTIONS))
        yield Figure(setup.name, "POST /files, batches of 1,000 on 4 connections", "files/s", in_batches,
                     target=Target("median", least=50_000))
        yield Figure(setup.name, f"POST /files, one file each on {CONNECTIONS} kept connections", "files/s",
                     one_by_one, target=Target("median", least=3000))
