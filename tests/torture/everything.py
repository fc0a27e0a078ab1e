"""Kills and every trouble that a test can make, at random moments and together; and whether anything was lost. See run.sh."""

import json
import os
import struct
import subprocess
import sys
import time
from contextlib import ExitStack

import preload
from busy_campaign import rounds_and_seed
from kills import VICTIMS, Kills
from link import LinkedSite
from small_disk import SmallDisk
from troubles import QUIET, TROUBLES, NotNow
from verdict import check_now

SIZES = (0, 100, 1000, 10_000, 100_000, 200_000, 200_000, 2_000_000)
LONGEST_TROUBLE = 6  # s
LONGEST_TO_BE_READY = 90  # s
# Whoever reads them gets JSON, whatever stands in the catalog.
READ = ("/status", "/files?limit=1000", "/timecodes?archive=far", "/archives")


class TroubledSite(LinkedSite):
    """Data, catalog and destinations on disks of their own, ssh behind a link, the daemon by a clock of its own."""

    def __init__(self, program):
        self.disks = {}
        self.preload = preload.compiled()
        super().__init__(program)
        self.clock = self.top / "clock"
        self.clock.write_bytes(struct.pack("q", 0))

    def _make_directories(self):
        for name, place in (("catalog", self.here), ("far", self.there), ("data", self.data)):
            place.mkdir()
            self.disks[name] = SmallDisk(self.top / f"{name} disk", place)
        super()._make_directories()

    def _disks(self):
        return self.top / "here", self.top / "far"

    def _place(self, archive):
        return self.there / "there" / archive

    def launch(self, *options, **variables):
        super().launch(*options, LD_PRELOAD=str(self.preload), TORTURE_CLOCK=str(self.clock), **variables)

    def close(self, keep):
        super().close(True)
        for disk in reversed(self.disks.values()):
            disk.has_room()
            if keep:
                subprocess.run(["cp", "-a", disk.top, f"{disk.top} as it was"], check=False)
            disk.close()
        if not keep:
            super().close(False)


class Everything(Kills):
    def one_round(self):
        self.round += 1
        self.be_ready()
        writers = self.writers()
        with ExitStack() as troubles:
            chosen = self.some_troubles()
            if QUIET & set(chosen):
                self.join(writers)
            self.trouble = bool(chosen)
            for kind in chosen:
                try:
                    troubles.enter_context(TROUBLES[kind](self.site, self.random))
                    self.counts[kind] += 1
                except NotNow:
                    pass
            time.sleep(self.random.random() ** 3 * LONGEST_TROUBLE)
            if self.random.random() < 0.6:
                self.kill_something()
                self.killed += 1
                if self.random.random() < 0.5:
                    self.site.launch()
                    time.sleep(self.random.random() ** 3 * LONGEST_TROUBLE)
        self.join(writers)
        self.trouble = False
        self.counts["deleted"] += check_now(self)

    def some_troubles(self):
        """The link, a disk, or the catalog has one at a time."""
        of_what = {kind.split()[0]: kind for kind in self.random.sample(sorted(TROUBLES), self.random.choice((0, 1, 1, 2, 3)))}
        return sorted(of_what.values())

    def join(self, writers):
        for writer in writers:
            writer.join()

    def be_ready(self):
        """The daemon runs, and what it tells can be read."""
        until = time.monotonic() + LONGEST_TO_BE_READY
        # One that was begun in the midst of troubles may have been refused.
        if not self.site.runs():
            self.site.start(LONGEST_TO_BE_READY)
        while self.site.get("/readyz")[0] != 200:
            if self.site.daemon.poll() is not None:
                raise RuntimeError(f"the daemon has ended by itself with {self.site.daemon.returncode}")
            if time.monotonic() > until:
                raise RuntimeError(f"the daemon is not ready {LONGEST_TO_BE_READY} s after all troubles")
            time.sleep(0.02)
        for path in READ:
            status, text = self.site.get(path)
            try:
                json.loads(text)
            except ValueError as error:
                self.lost.append(f"GET {path}: {status}, and no JSON: {error}")

    def settle_sooner(self):
        """What a person does who does not want to wait for the next attempt."""
        for archive in self.site.archives:
            self.site.request("POST", f"/archives/{archive}/try-now")
            self.site.request("POST", f"/archives/{archive}/retry")


def hurt(campaign):
    kills = campaign.killed + sum(campaign.counts[victim] for victim in VICTIMS)
    return kills, {kind: campaign.counts[kind] for kind in TROUBLES if campaign.counts[kind]}


def main():
    chosen = rounds_and_seed("kills and every trouble; see the head of run.sh.", 200)
    try:
        site = TroubledSite(os.environ["SUPRSYNC"])
    except (OSError, subprocess.CalledProcessError) as why:
        print(f"skipped: disks cannot be mounted here: {why}")
        sys.exit(77)
    campaign = Everything(site, chosen.seed, (*VICTIMS, *TROUBLES), SIZES)
    campaign.run(chosen, "tests/torture/run.sh --everything", hurt)


main()
