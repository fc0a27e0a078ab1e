"""kill -9 at random moments, and whether anything was lost. See run.sh."""

import argparse
import os
import random
import signal
import sqlite3
import sys
import threading
import time

from arguments import positive
from record import record
from registered import File, make_catalog
from site_of_campaign import ARCHIVES, Site
from verdict import all_settled, check_deletions, judge

# What is killed beside the daemon, and what its command line has.
VICTIMS = {"guardian": "--guardian", "rsync": "rsync", "far-side": "suprsync far-side", "ssh": "ssh "}


class Campaign:
    def __init__(self, site, seed):
        self.site, self.random = site, random.Random(seed)
        self.files = []
        self.lost = []
        self.counts = {"over HTTP": 0, "by sqlite3": 0, "deleted": 0, **dict.fromkeys(VICTIMS, 0)}
        self.round = 0
        make_catalog(site.catalog)

    def new_files(self, choose, who, count):
        made = []
        for number in range(count):
            archive = choose.choice(ARCHIVES)
            name = f"{who} {self.round}-{number}.g3"
            timecode = 17000 + self.round // 25 - choose.choice((0, 0, 0, 1))
            file = File(archive, f"{timecode}/{choose.choice(('smurf', 'hk'))}/{name}",
                        self.site.data / archive / str(timecode) / name)
            size = choose.choice((0, 100, 10_000, 200_000, 200_000, 8_000_000 if choose.random() < 0.3 else 1000))
            file.write(choose.randbytes(size))
            made.append(file)
        return made

    def register_over_http(self, choose):
        for file in self.new_files(choose, "http", choose.randrange(1, 8)):
            body = {"local_path": str(file.local), "remote_path": file.remote, "archive_name": file.archive}
            if choose.random() < 0.5:
                body["local_md5sum"] = file.md5
            file.registered = None
            self.files.append(file)
            status, answer = self.site.request("POST", "/files", body)
            if status in (200, 201):
                file.registered = True
                self.counts["over HTTP"] += 1
            elif status not in (0, 503):
                self.lost.append(f"POST {file.remote}: {status} {answer}")
            time.sleep(choose.random() * 0.1)

    def register_by_sqlite(self, choose):
        catalog = sqlite3.connect(self.site.catalog, timeout=30)
        # A new version of a file that was registered before, now and then.
        old = [f for f in self.files if f.registered and f.local.exists()]
        files = self.new_files(choose, "sql", choose.randrange(1, 8))
        if old and choose.random() < 0.2:
            again = choose.choice(old)
            again.write(choose.randbytes(5000))
            files.append(again)
        for file in files:
            try:
                file.insert(catalog)
            except sqlite3.Error as error:
                self.lost.append(f"a foreign writer cannot register {file.remote}: {error}")
                continue
            if file not in self.files:
                self.files.append(file)
            self.counts["by sqlite3"] += 1
            time.sleep(choose.random() * 0.1)
        catalog.close()

    def kill_something(self):
        victim = self.random.choices([None, *VICTIMS], [30, 15, 20, 25, 10])[0]
        # Where the daemon does not end for it, it may be killed again while it is made up for.
        for _ in range(self.random.randrange(1, 4) if victim else 0):
            if running := self.site.processes(VICTIMS[victim]):
                try:
                    os.kill(self.random.choice(running)[0], signal.SIGKILL)
                    self.counts[victim] += 1
                except ProcessLookupError:
                    pass
            time.sleep(self.random.random() * 0.5)
        self.site.kill()

    def one_round(self):
        self.round += 1
        self.site.start()
        writers = [threading.Thread(target=who, args=(random.Random(self.random.random()),))
                   for who in (self.register_over_http, self.register_by_sqlite)]
        for writer in writers:
            writer.start()
        time.sleep(self.random.random() ** 2 * 4)
        self.kill_something()
        for writer in writers:
            writer.join()
        self.counts["deleted"] += check_deletions(self)

    def line(self, begun):
        counts = ", ".join(f"{what} {count}" for what, count in self.counts.items())
        print(f"{self.round} rounds, {time.time() - begun:.0f} s: {len(self.files)} files; {counts}; lost "
              f"{len(self.lost)}", flush=True)

    def end(self):
        """A last start, until all is settled and everything deleted that may be; then the end."""
        self.site.start()
        until = time.monotonic() + 300
        while time.monotonic() < until and not all_settled(self):
            time.sleep(0.5)
        else:
            if not all_settled(self):
                self.lost.append("not all is settled after 300 s")
        if (status := self.site.stop()) != 0:
            self.lost.append(f"after SIGTERM the daemon ended with {status}")
        self.counts["deleted"] += check_deletions(self)
        judge(self)


def main():
    parser = argparse.ArgumentParser(description="kill -9; see the head of run.sh.", prog="tests/torture/run.sh")
    parser.add_argument("rounds", metavar="ROUNDS", nargs="?", type=positive, default=500)
    rounds = parser.parse_args().rounds
    seed = os.environ.get("TORTURE_SEED", str(random.randrange(10**6)))
    print(f"{rounds} rounds, TORTURE_SEED={seed}", flush=True)
    site = Site(os.environ["SUPRSYNC"])
    campaign = Campaign(site, seed)
    begun = time.time()
    try:
        while campaign.round < rounds and len(campaign.lost) < 20:
            campaign.one_round()
            if campaign.round % 50 == 0:
                campaign.line(begun)
        campaign.end()
        campaign.line(begun)
    except RuntimeError as error:
        campaign.lost.append(f"{error}; see the end of {site.log}")
    finally:
        site.close(keep=bool(campaign.lost) or bool(os.environ.get("TORTURE_KEEP")))
    if site.refused_starts:
        print(f"{site.refused_starts} starts were refused at first")
    for what in campaign.lost:
        print(what)
    kills = campaign.round + sum(campaign.counts[victim] for victim in VICTIMS)
    record(f"tests/torture/run.sh {rounds}", seed, begun, kills, {}, len(campaign.files), len(campaign.lost))
    if campaign.lost:
        print(f"kept: {site.top}")
        sys.exit(1)
    print("nothing was lost")


main()
