"""One running suprsync daemon, and what can be seen of it from outside: its answers, its catalog, its process."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from .remote_host import RemoteHost
from .http import Connection
from .place import Place

ARCHIVE = "timestreams"
POST_AT_ONCE = 1000
VERIFIED = ("SELECT count(*) FROM supersync_v0 WHERE remote_md5sum IS local_md5sum AND remote_md5sum IS NOT NULL "
            "AND local_md5sum <> ''")


def memory_mib(process: Path, key: str) -> float:
    """Of a directory of /proc."""
    return int(re.search(rf"{key}:\s+(\d+)", (process / "status").read_text())[1]) / 1024


class Daemon:
    """`suprsync run` on a catalog in `place`, local or to `remote`; `options` are added to its command line."""

    def __init__(self, program: Path, place: Place, remote: RemoteHost | None = None, options: tuple[str, ...] = (),
                 wait_ready: bool = True, name: str = "d"):
        self.place = place
        self.database = place / f"{name}.db"
        self.base = place / f"{name}-destination" / "base"
        # It must be there where the catalog has verified rows: a missing one may be a disk that is not mounted.
        self.base.mkdir(parents=True, exist_ok=True)
        self.log = place / f"{name}.log"
        command = [str(program), "run", "--archive-name", ARCHIVE, "--db-path", str(self.database),
                   "--suprsync-file-root", str(place / f"{name}-finalization"), "--remote-basedir", str(self.base),
                   "--instance-id", "bench", "--local-root", str(place.path), "--http-listen", "127.0.0.1:0",
                   *options]
        environment = dict(os.environ, LC_ALL="C")
        environment.pop("INSTANCE_ID", None)
        if remote:
            command += ["--ssh-host", remote.host, "--ssh-key", str(remote.directory / "client_key")]
            environment["SUPRSYNC_SSH_CONFIG"] = str(remote.config)
        self.log_from = self.log.stat().st_size if self.log.exists() else 0
        self.started = time.monotonic()
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                            env=environment)
        self.port = self._port()
        self.http = Connection(self.port)
        self.ready_after: float | None = None
        if wait_ready:
            self.wait_ready()

    # ---- its answers

    def _port(self) -> int:
        while True:
            with open(self.log, "rb") as log:
                log.seek(self.log_from)
                found = re.search(rb"listening on http://127\.0\.0\.1:(\d+)", log.read())
            if found:
                return int(found[1])
            self._must_run()
            time.sleep(0.002)

    def _must_run(self) -> None:
        if self.process.poll() is not None:
            raise RuntimeError(f"the daemon ended with {self.process.returncode}; its log ends:\n"
                               + self.log.read_text()[-3000:])

    def wait_ready(self, limit: float = 3600) -> None:
        """Until /readyz says so; keeps how long that took since the start."""
        while self.http.ask("GET", "/readyz")[0] != 200:
            self._must_run()
            if time.monotonic() - self.started > limit:
                raise RuntimeError("the daemon does not get ready; its log ends:\n" + self.log.read_text()[-3000:])
            time.sleep(0.002)
        self.ready_after = time.monotonic() - self.started

    def status(self) -> dict:
        return json.loads(self.http.ask("GET", "/status")[1])

    def timed_ms(self, path: str) -> float:
        """Milliseconds from asking to the whole answer."""
        begun = time.monotonic()
        status, body = self.http.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:200]!r}")
        return 1e3 * (time.monotonic() - begun)

    def post(self, files: list[dict]) -> None:
        """Registers files, 1,000 in a request."""
        for at in range(0, len(files), POST_AT_ONCE):
            status, body = self.http.ask("POST", "/files", files[at:at + POST_AT_ONCE])
            if status not in (200, 201):
                raise RuntimeError(f"POST /files: {status} {body[:500]!r}")

    # ---- its catalog

    def catalog(self) -> "Catalog":
        return Catalog(self)

    # ---- its process

    def cpu_seconds(self) -> float:
        """Time on a processor so far, of threads that have ended, too."""
        # clock_getcpuclockid(3), which Python does not have: the clock of a process.
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def memory_mib(self, key: str = "VmRSS") -> float:
        return memory_mib(Path(f"/proc/{self.process.pid}"), key)

    def cpu_of_passes(self, count: int, seconds: float) -> list[float]:
        """Milliseconds of CPU for a pass over the catalog, `count` times over `seconds` each."""
        took = []
        for _ in range(count):
            cpu, before = self.cpu_seconds(), self.status()["counters"]["iterations"]
            time.sleep(seconds)
            done = self.status()["counters"]["iterations"] - before
            if done == 0:
                raise RuntimeError(f"no pass within {seconds} s; the daemon's log ends:\n{self.log.read_text()[-3000:]}")
            took.append(1e3 * (self.cpu_seconds() - cpu) / done)
        return took

    def bytes_read(self) -> int:
        """By the daemon's own threads: /proc/PID/io counts what its children read, too, once they have ended."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/io")
        return sum(int(re.search(r"rchar: (\d+)", io.read_text())[1]) for io in threads)

    def stop(self) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise RuntimeError("the daemon did not end on SIGTERM") from None


class Catalog:
    """What another program sees of the catalog, and does to it."""

    def __init__(self, daemon: Daemon):
        self.daemon = daemon
        self.db = sqlite3.connect(daemon.database, timeout=5, isolation_level=None)
        self.version = -1

    def changed(self) -> bool:
        """Whether anybody committed since the last call."""
        version = self.db.execute("PRAGMA data_version").fetchone()[0]
        changed = version != self.version
        self.version = version
        return changed

    def wait(self, query: str, at_least: int, limit: float = 1800, every: float = 0.005, values: tuple = ()) -> float:
        """Until the query's one number reaches `at_least`; returns the monotonic time then."""
        end = time.monotonic() + limit
        while True:
            if self.changed() and (self.db.execute(query, values).fetchone()[0] or 0) >= at_least:
                return time.monotonic()
            if time.monotonic() > end:
                raise RuntimeError(f"not within {limit:.0f} s: {query} >= {at_least}; the daemon's log ends:\n"
                                   + self.daemon.log.read_text()[-3000:])
            time.sleep(every)

    def verified(self) -> int:
        return self.db.execute(VERIFIED).fetchone()[0]

    def insert(self, local: Path, remote: str) -> int:
        """Registers one file as a writer that knows nothing of us does."""
        done = self.db.execute(
            "INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp, "
            "failed_copy_attempts, deletable, \"ignore\") VALUES (?, '', ?, ?, ?, 0, 1, 0)",
            (str(local), ARCHIVE, remote, time.time()))
        return done.lastrowid

    def close(self) -> None:
        self.db.close()


def registration(local: Path, remote: str) -> dict:
    return {"local_path": str(local), "remote_path": remote, "archive_name": ARCHIVE}
