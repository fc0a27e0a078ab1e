"""Half an hour of everything at once at 200 files a second, and whether what the daemon holds stays as it is. See run.sh.

Meant for a program with sanitizers: what they report is told, as is what grows."""

import argparse
import os
import random
import re
import signal
import sqlite3
import statistics
import threading
import time
from pathlib import Path

from arguments import add_minutes_and_seed, positive
from busy_campaign import BusyCampaign
from link import LinkedSite
from scenario import BROKEN
from troubles import TROUBLES, NotNow

SIZES = (0, 100, 1000, 1000, 10_000)
DAY_LASTS = 120  # s
BATCH = 25  # files
LOOK_EVERY = 30  # s
TROUBLE_EVERY = 20  # s
KINDS = ("process stopped", "link cut", "link stalled", "link corrupted", "catalog locked", "catalog with garbage rows")
# What readers ask for all the time, as pages and scrapers do.
READ = ("/status", "/files?limit=100", "/metrics", "/timecodes?archive=near", "/archives", "/history?archive=near", "/transfers")
# How much more than in the middle third of the run there may be in the last: of what is held, not of what is kept of files.
GROWTH = {"MiB resident": 1.2, "descriptors": 1.2, "threads": 1.2, "MiB of WAL": 1.5}


class WatchedSite(LinkedSite):
    def look(self):
        """What the daemon holds now."""
        process = Path(f"/proc/{self.daemon.pid}")
        status = dict(re.findall(r"^(\w+):\s+(\d+)", (process / "status").read_text(), re.MULTILINE))
        wal = self.catalog.with_name(self.catalog.name + "-wal")
        seen = {"MiB resident": int(status["VmRSS"]) / 1024, "descriptors": len(os.listdir(process / "fd")),
                "threads": int(status["Threads"]), "MiB of WAL": wal.stat().st_size / 2**20 if wal.exists() else 0}
        catalog = sqlite3.connect(self.catalog, timeout=30)
        for table, in catalog.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'sup%'").fetchall():
            seen[table] = catalog.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        catalog.close()
        return seen


class LongRun(BusyCampaign):
    trouble = True

    def __init__(self, site, seed, rate):
        super().__init__(site, seed, KINDS, SIZES)
        self.rate, self.begun, self.over = rate, time.monotonic(), threading.Event()
        self.looks, self.read = [], 0

    def files_of_a_moment(self, choose, number):
        made = []
        # Some of a day come when the next one has begun.
        day = 17000 + int((time.monotonic() - self.begun) / DAY_LASTS) - choose.choice((0,) * 40 + (1,))
        for n in range(number, number + BATCH):
            file = self.new_file(choose, day, f"{n}.g3")
            file.write(choose.randbytes(choose.choice(self.sizes)))
            made.append(file)
        return made

    def write_all_the_time(self, choose):
        catalog = sqlite3.connect(self.site.catalog, timeout=60)
        number = 0
        while not self.over.wait(max(0, self.begun + number / self.rate - time.monotonic())):
            files = self.files_of_a_moment(choose, number)
            number += BATCH
            self.files += files
            if choose.random() < 0.5:
                self.register_by_http(files)
                continue
            for file in files:
                file.insert(catalog)
            self.counts["by sqlite3"] += len(files)
        catalog.close()

    def register_by_http(self, files):
        body = [{"local_path": str(f.local), "remote_path": f.remote, "archive_name": f.archive} for f in files]
        while True:
            status, answer = self.site.request("POST", "/files", body)
            if status in (200, 201):
                break
            if status != 503:
                self.lost.append(f"POST of {files[0].remote}: {status} {answer}")
                break
            time.sleep(0.2)
        for file in files:
            file.registered = status in (200, 201)
        self.counts["over HTTP"] += len(files)

    def read_all_the_time(self):
        while not self.over.wait(0.05):
            path = READ[self.read % len(READ)]
            status, answer = self.site.get(path)
            if status != 200 and status != 503:
                self.lost.append(f"GET {path}: {status} {answer[:200]}")
            self.read += 1

    def one_round(self):
        """A trouble, and a reload."""
        self.round += 1
        kind = self.random.choice(KINDS)
        try:
            with TROUBLES[kind](self.site, self.random):
                self.counts[kind] += 1
                time.sleep(self.random.random() * 3)
        except NotNow:
            pass
        self.site.daemon.send_signal(signal.SIGHUP)
        until = time.monotonic() + TROUBLE_EVERY
        while time.monotonic() < until and self.site.daemon.poll() is None:
            self.look_if_due()
            time.sleep(0.5)
        if self.site.daemon.poll() is not None:
            raise RuntimeError(f"the daemon has ended with {self.site.daemon.returncode}")

    def look_if_due(self):
        if time.monotonic() < self.begun + len(self.looks) * LOOK_EVERY:
            return
        self.looks.append(self.site.look())
        print(f"{time.monotonic() - self.begun:.0f} s, {len(self.files)} files, {self.read} read:",
              ", ".join(f"{what.removeprefix('suprsync_')} {value:.0f}" for what, value in self.looks[-1].items()), flush=True)

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()
        self.judge_growth()
        super().end()
        if found := BROKEN.search(self.site.log.read_text(errors="replace")):
            self.lost.append(found[0])

    def judge_growth(self):
        third = len(self.looks) // 3
        for what, most in GROWTH.items():
            middle, last = (statistics.median([look[what] for look in looks] or [0])
                            for looks in (self.looks[third:2 * third], self.looks[2 * third:]))
            print(f"{what}: {middle:.1f} in the middle third, {last:.1f} in the last (medians)")
            if last > most * middle + 1:
                self.lost.append(f"{what} grew from {middle:.1f} to {last:.1f}")

    def begin(self):
        self.site.start(120)
        self.begun = time.monotonic()
        self.threads = [threading.Thread(target=self.write_all_the_time, args=(random.Random(self.random.random()),)),
                        threading.Thread(target=self.read_all_the_time)]
        for thread in self.threads:
            thread.start()

    def settle_sooner(self):
        for archive in self.site.archives:
            self.site.request("POST", f"/archives/{archive}/retry")


def main():
    parser = argparse.ArgumentParser(description="everything at once for long; see the head of run.sh.", prog="tests/torture/run.sh")
    add_minutes_and_seed(parser, "default: 30")
    parser.add_argument("--rate", type=positive, default=200, metavar="N", help="files a second; default: 200")
    chosen = parser.parse_args()
    if chosen.minutes == float("inf"):
        chosen.minutes = 30
    chosen.rounds, chosen.seed = 10**9, chosen.seed or str(random.randrange(10**6))
    print(f"TORTURE_SEED={chosen.seed}", flush=True)
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "quarantine_size_mb=16")
    campaign = LongRun(WatchedSite(os.environ["SUPRSYNC"]), chosen.seed, chosen.rate)
    try:
        campaign.begin()
        campaign.run(chosen, "tests/torture/run.sh --long",
                     lambda c: (0, {kind: c.counts[kind] for kind in KINDS if c.counts[kind]}))
    finally:
        campaign.over.set()


main()
