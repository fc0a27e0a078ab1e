"""What is loaded into the daemon alone: faults.c, compiled."""

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path


def compiled():
    """Its path, in a directory of its own that goes with this process."""
    directory = Path(tempfile.mkdtemp(prefix="sup-tools-", dir="/dev/shm"))
    atexit.register(shutil.rmtree, directory)
    library = directory / "faults.so"
    compiler = os.environ.get("CC") or shutil.which("cc") or "clang-19"
    source = Path(__file__).resolve().parent / "faults.c"
    subprocess.run([compiler, "-O1", "-g", "-fPIC", "-shared", "-o", library, source], check=True)
    return library
