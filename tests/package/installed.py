"""Installs a package on a booted Debian and looks whether the service does there what it should, until it is purged. Run by
tests/package/run.sh: installed.py ROOT PACKAGE.deb NEWER.deb, in a directory for logs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import daily
import hardships
import versions
from machine import CannotBoot, Machine
from site_on_machine import Site

STEPS = [daily.install, daily.start, daily.register, daily.reload, hardships.killed, hardships.hung, hardships.unmounted,
         hardships.without_its_directory, hardships.login_of_its_account, versions.upgrade_under_load, hardships.reboot_in_a_transfer, versions.downgrade,
         versions.remove_and_purge]


def main(root: Path, package: Path, newer: Path) -> int:
    machine = Machine(root, Path("machine.log"))
    site = Site(machine)
    for name, file in (("suprsync", package), ("newer", newer)):
        (root / f"root/{name}.deb").write_bytes(file.read_bytes())
    try:
        machine.boot()
    except CannotBoot as failure:
        print(f"skipped: systemd-nspawn cannot boot here: {failure}")
        return 77
    begun = time.monotonic()
    try:
        site.make()
        for step in STEPS:
            print(f"== {time.monotonic() - begun:4.0f} s: {step.__doc__}", flush=True)
            step(site)
    except (AssertionError, subprocess.SubprocessError, OSError, ValueError) as failure:
        for command in (("journalctl", "--no-pager", "--lines=30", "--boot"),
                        ("journalctl", "--no-pager", "--lines=60", "--boot", "--unit=suprsync*"),
                        ("systemctl", "--no-pager", "--full", "status", "suprsync.service"),
                        ("systemctl", "--no-pager", "cat", "suprsync.service")):
            print(f"---- {' '.join(command)}\n{machine.run(*command, fails=None).stdout}")
        print(f"FAIL  {failure}", flush=True)
        return 1
    finally:
        machine.power_off()
    print("the package did what it should")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
