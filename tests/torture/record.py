"""The line of RECORD.md that tells of a campaign."""

import datetime
import os
import subprocess
import time


def record(what, seed, begun, kills, faults, files, lost):
    """Prints it. `faults`: how many by class."""
    version = subprocess.run([os.environ["SUPRSYNC"], "--version"], stdout=subprocess.PIPE, text=True, check=True)
    said = ", ".join(f"{kind} {count:,}" for kind, count in sorted(faults.items())) or "none"
    print(f"| {datetime.date.today()} | {version.stdout.split()[-1]} | `{what.strip()}` | {seed} "
          f"| {(time.time() - begun) / 60:.1f} | {kills:,} | {said} | {files:,} | {lost} |")
