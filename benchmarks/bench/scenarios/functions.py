"""Functions that are measured by themselves (benchmarks/functions, Google Benchmark): MD5 against openssl md5,
planning, the hops between the loop and the thread of SQLite."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Iterator

from ..figures import Figure, Target
from ..place import Place, make_files
from ..setup import Setup


def run(setup: Setup, place: Place, pattern: str, seconds: float) -> dict[str, dict]:
    out = place / "functions.json"
    done = subprocess.run([setup.build / "benchmarks" / "function_benchmarks", f"--benchmark_filter={pattern}",
                           f"--benchmark_min_time={seconds}", f"--benchmark_out={out}",
                           "--benchmark_out_format=json"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          env=dict(os.environ, SUPRSYNC_BENCH_DIRECTORY=str(place.path)))
    if done.returncode != 0:
        raise RuntimeError(f"function_benchmarks ended with {done.returncode}; it said:\n{done.stderr[-3000:]}")
    return {one["name"].split("/real_time")[0]: one for one in json.loads(out.read_text())["benchmarks"]}


def openssl(file: Path) -> float:
    """MB/s of `openssl md5` of the same file, a second's worth of it, by the clock."""
    size = file.stat().st_size
    times = max(1, 1_000_000_000 // size)
    begun = time.monotonic()
    subprocess.run(["openssl", "md5", *[file] * times], stdout=subprocess.DEVNULL, check=True)
    return size * times / (time.monotonic() - begun) / 1e6


def measure(setup: Setup) -> Iterator[Figure]:
    place = Place(setup.name)
    seconds = 0.05 if setup.quick else 0.5
    try:
        size = setup.pick(100_000_000, 2_000_000)
        os.rename(place / make_one(place, size), place / "large")
        one, two, theirs = [], [], []
        for _ in range(setup.pick(5, 1)):
            theirs.append(openssl(place / "large"))
            found = run(setup, place, "md5", 2 * seconds)
            one.append(found["md5/1"]["bytes_per_second"] / 1e6)
            two.append(found["md5/2"]["bytes_per_second"] / 1e6 / 2)
        what = "MD5 of local files on tmpfs, each thread, threads: "
        # A speed: the target's ratio is ours / theirs, the higher the better.
        for label, ours in (("1", one), ("2", two)):
            yield Figure(setup.name, what + label, "MB/s", ours, theirs, "openssl md5 FILE", Target("ratio", least=0.95))
        for name, measured in run(setup, place, "^(plan|load_work|wake|catalog)", seconds).items():
            yield Figure(setup.name, name, measured["time_unit"], [measured["real_time"]])
    finally:
        place.close()


def make_one(place: Place, size: int) -> str:
    return make_files(place.path, 1, size)[0]
