"""Runs scenarios and writes the report; see benchmarks/README.md."""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from pathlib import Path

from . import report
from .scenarios import all_scenarios
from .setup import Setup


def main() -> int:
    scenarios = all_scenarios()
    parser = argparse.ArgumentParser(prog="benchmarks/run.sh", description="measures suprsync beside the bare tools")
    parser.add_argument("scenario", nargs="*", help="which to run: " + ", ".join(scenarios))
    parser.add_argument("--quick", action="store_true", help="small sizes and few pairs: do the scripts work?")
    parser.add_argument("--scale", type=float, default=1, help="of the row counts of large catalogs (1)")
    parser.add_argument("--earlier", type=Path, metavar="PROGRAM",
                        help="suprsync of commit 486597c, which deletion with size is compared with")
    parser.add_argument("--list", action="store_true", help="names the scenarios and ends")
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--results", type=Path, required=True, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.list:
        print("\n".join(scenarios))
        return 0
    if unknown := [name for name in given.scenario if name not in scenarios]:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(scenarios)}")

    if given.earlier and not given.earlier.is_file():
        parser.error(f"--earlier: there is no file {given.earlier}")
    earlier = given.earlier.resolve() if given.earlier else None

    # Ended from outside, it still ends its processes and removes its files.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    facts = report.machine()
    figures, broken = [], []
    for name in given.scenario or scenarios:
        print(f"== {name}", file=sys.stderr, flush=True)
        begun = time.monotonic()
        try:
            for figure in scenarios[name](Setup(name, given.build.resolve(), given.quick, given.scale, earlier)):
                figures.append(figure)
                print(report.row(figure), file=sys.stderr, flush=True)
        except Exception:  # the others are measured all the same
            broken.append(name)
            traceback.print_exc()
        print(f"   {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        # What there is so far is kept, whatever becomes of the rest.
        text = report.write(given.results, figures, facts, given.quick)
    print(text)
    if broken:
        print(f"error: could not be measured: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


sys.exit(main())
