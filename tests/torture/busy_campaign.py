"""A site where files are registered while it is hurt, over HTTP and by a foreign program, until all is to be settled."""

import argparse
import os
import random
import signal
import sqlite3
import sys
import threading
import time

from arguments import add_minutes_and_seed, positive
from record import record
from registered import File, make_catalog
from verdict import all_settled, check_now, judge

MOST_LOST = 20


class BusyCampaign:
    """`counts`: what a round counts, from 0; `sizes`: of its files, in bytes, one of them for each."""

    tears = False  # whether copies may be torn there
    trouble = False  # whether whoever registers may be refused

    def __init__(self, site, seed, counts, sizes):
        self.site, self.random, self.sizes = site, random.Random(seed), sizes
        self.files = []
        self.lost = []
        self.counts = {"over HTTP": 0, "by sqlite3": 0, "deleted": 0, **dict.fromkeys(counts, 0)}
        self.round = 0
        make_catalog(site.catalog)

    def new_file(self, choose, timecode, name):
        archive = choose.choice(self.site.archives)
        return File(archive, f"{timecode}/{choose.choice(('smurf', 'hk'))}/{name}",
                    self.site.data / archive / str(timecode) / name)

    def new_files(self, choose, who, count):
        made = []
        for number in range(count):
            timecode = 17000 + self.round // 25 - choose.choice((0, 0, 0, 1))
            file = self.new_file(choose, timecode, f"{who} {self.round}-{number}.g3")
            if self.write(file, choose.randbytes(choose.choice(self.sizes))):
                made.append(file)
        return made

    def write(self, file, content):
        """Whether its disk took it."""
        try:
            file.write(content)
            return True
        except OSError:
            if not self.trouble:
                raise
            return False

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
            elif status not in (0, 503) and not (self.trouble and status >= 500):
                self.lost.append(f"POST {file.remote}: {status} {answer}")
            time.sleep(choose.random() * 0.1)

    def register_by_sqlite(self, choose):
        catalog = sqlite3.connect(self.site.catalog, timeout=30)
        # A new version of a file that was registered before, now and then.
        old = [f for f in self.files if f.registered and f.local.exists()]
        files = self.new_files(choose, "sql", choose.randrange(1, 8))
        if old and choose.random() < 0.2:
            again = choose.choice(old)
            if self.write(again, choose.randbytes(5000)):
                files.append(again)
        for file in files:
            try:
                file.insert(catalog)
            except sqlite3.Error as error:
                if not self.trouble:
                    self.lost.append(f"a foreign writer cannot register {file.remote}: {error}")
                    continue
                file.registered = None
            if file not in self.files:
                self.files.append(file)
            self.counts["by sqlite3"] += 1
            time.sleep(choose.random() * 0.1)
        catalog.close()

    def writers(self):
        """Two threads that have begun to register files."""
        threads = [threading.Thread(target=who, args=(random.Random(self.random.random()),))
                   for who in (self.register_over_http, self.register_by_sqlite)]
        for thread in threads:
            thread.start()
        return threads

    def line(self, begun):
        counts = ", ".join(f"{what} {count}" for what, count in self.counts.items())
        print(f"{self.round} rounds, {time.time() - begun:.0f} s: {len(self.files)} files; {counts}; lost "
              f"{len(self.lost)}", flush=True)

    def end(self):
        """Until all is settled and everything deleted that may be; then the end."""
        if not self.site.runs():
            self.site.start()
        until = time.monotonic() + 300
        while time.monotonic() < until and not all_settled(self):
            self.settle_sooner()
            time.sleep(0.5)
        else:
            if not all_settled(self):
                self.lost.append("not all is settled after 300 s")
        if (status := self.site.stop()) != 0:
            self.lost.append(f"after SIGTERM the daemon ended with {status}")
        self.counts["deleted"] += check_now(self)
        judge(self)

    def settle_sooner(self):
        """What is to be done for it, besides waiting."""

    def run(self, chosen, command, hurt):
        """Rounds of one_round(), as chosen, and the end. `hurt`: kills, and faults by class, from the counts at the end."""
        begun = time.time()
        most = chosen.minutes * 60
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))  # what was started is ended
        try:
            while self.round < chosen.rounds and time.time() - begun < most and len(self.lost) < MOST_LOST:
                self.one_round()
                if self.round % 50 == 0:
                    self.line(begun)
            self.end()
            self.line(begun)
        except RuntimeError as error:
            self.lost.append(f"{error}; see the end of {self.site.log}")
        finally:
            self.site.close(keep=bool(self.lost) or bool(os.environ.get("TORTURE_KEEP")))
        if self.site.refused_starts:
            print(f"{self.site.refused_starts} starts were refused at first")
        for what in self.lost:
            print(what)
        kills, faults = hurt(self)
        record(" ".join((command, *sys.argv[1:])), chosen.seed, begun, kills, faults, len(self.files), len(self.lost))
        if self.lost:
            print(f"kept: {self.site.top}")
            sys.exit(1)
        print("nothing was lost")


def rounds_and_seed(description, default):
    """What a person asked for: `rounds`, `minutes`, `seed`."""
    parser = argparse.ArgumentParser(description=description, prog="tests/torture/run.sh")
    parser.add_argument("rounds", metavar="ROUNDS", nargs="?", type=positive, help=f"default: {default}, or as many as the minutes allow")
    add_minutes_and_seed(parser, "no further round after so long")
    chosen = parser.parse_args()
    chosen.seed = chosen.seed or str(random.randrange(10**6))
    if not chosen.rounds:
        chosen.rounds = default if chosen.minutes == float("inf") else 10**9
    print(f"TORTURE_SEED={chosen.seed}", flush=True)
    return chosen
