"""Where a scenario works: a directory on tmpfs that goes away with it, and the files that it sends."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from pathlib import Path


class Place:
    """A scratch directory below /dev/shm."""

    def __init__(self, name: str):
        self.path = Path(tempfile.mkdtemp(prefix=f"suprsync-bench-{name}-", dir="/dev/shm"))

    def __truediv__(self, name: str) -> Path:
        return self.path / name

    def __str__(self) -> str:
        return str(self.path)

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def timecode_now() -> int:
    return int(time.time() // 1e5)


def make_files(directory: Path, count: int, size: int) -> list[str]:
    """`count` files of `size` incompressible bytes, all different; returns their names below the directory, 1,000 in
    a subdirectory."""
    source = random.Random(7)
    block = source.randbytes(min(size, 1 << 20))
    names = []
    for i in range(count):
        name = f"{i // 1000:03d}/{i:07d}.g3"
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as out:
            out.write(i.to_bytes(8, "big"))
            left = size - 8
            while left > 0:
                left -= out.write(block[: min(left, len(block))])
        names.append(name)
    return names


def count_files(directory: Path) -> int:
    return sum(len(files) for _, _, files in os.walk(directory))


def let_settle() -> None:
    """A file that was modified just now is treated with more suspicion than the ones that we mean to measure."""
    time.sleep(2.2)
