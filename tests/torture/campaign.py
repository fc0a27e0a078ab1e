"""kill -9 at random moments, and whether anything was lost. See run.sh."""

import hashlib
import os
import random
import signal
import sqlite3
import sys
import threading
import time

from site_of_campaign import ARCHIVES, Site
from verdict import all_settled, judge

SCHEMA = """
CREATE TABLE IF NOT EXISTS supersync_v0 (id INTEGER NOT NULL, local_path VARCHAR NOT NULL,
  local_md5sum VARCHAR NOT NULL, archive_name VARCHAR NOT NULL, remote_path VARCHAR NOT NULL,
  timestamp FLOAT NOT NULL, remote_md5sum VARCHAR, copied FLOAT, removed FLOAT, failed_copy_attempts INTEGER,
  deletable BOOLEAN, "ignore" BOOLEAN, PRIMARY KEY (id));
CREATE TABLE IF NOT EXISTS timecode_dirs_v0 (id INTEGER NOT NULL, timecode INTEGER NOT NULL,
  archive_name VARCHAR NOT NULL, completed BOOLEAN, synced BOOLEAN, finalized BOOLEAN, finalize_file_id INTEGER,
  PRIMARY KEY (id), FOREIGN KEY(finalize_file_id) REFERENCES supersync_v0 (id));
"""
INSERT = """INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp,
  failed_copy_attempts, deletable, "ignore") VALUES (?, ?, ?, ?, ?, 0, 1, 0)"""


class File:
    """A registered file. `registered` is None while nobody knows whether the registration was committed."""

    def __init__(self, archive, remote, local):
        self.archive, self.remote, self.local = archive, remote, local
        self.md5 = None
        self.versions = set()  # md5 of all that it ever was
        self.registered = False
        self.deletion_seen = False

    def write(self, content):
        self.local.parent.mkdir(parents=True, exist_ok=True)
        new = self.local.with_name(self.local.name + ".new")
        new.write_bytes(content)
        self.md5 = hashlib.md5(content).hexdigest()
        self.versions.add(self.md5)
        self.deletion_seen = False
        os.rename(new, self.local)


class Campaign:
    def __init__(self, site, seed):
        self.site, self.random = site, random.Random(seed)
        self.files = []
        self.lost = []
        self.counts = {"over HTTP": 0, "by sqlite3": 0, "deleted": 0, "guardian": 0, "rsync": 0}
        self.round = 0
        catalog = sqlite3.connect(site.catalog)
        catalog.execute("PRAGMA journal_mode = WAL")
        catalog.executescript(SCHEMA)
        catalog.close()

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
                with catalog:
                    catalog.execute(INSERT, (str(file.local), file.md5, file.archive, file.remote, time.time()))
            except sqlite3.Error as error:
                self.lost.append(f"a foreign writer cannot register {file.remote}: {error}")
                continue
            if file not in self.files:
                self.files.append(file)
            file.registered = True
            self.counts["by sqlite3"] += 1
            time.sleep(choose.random() * 0.1)
        catalog.close()

    def kill_something(self):
        chosen = self.random.random()
        victim = "guardian" if chosen < 0.15 else "rsync" if chosen < 0.4 else None
        if victim:
            word = "--guardian" if victim == "guardian" else "rsync"
            for pid, _ in self.site.processes(word)[:1]:
                try:
                    os.kill(pid, signal.SIGKILL)
                    self.counts[victim] += 1
                except ProcessLookupError:
                    pass
            time.sleep(self.random.random() * 0.2)
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
        self.check_deletions()

    def check_deletions(self):
        """Whatever is gone here must be there, now."""
        for file in self.files:
            if file.deletion_seen or file.local.exists():
                continue
            file.deletion_seen = True
            self.counts["deleted"] += 1
            there = self.site.base(file.archive) / file.remote
            if not there.exists() or hashlib.md5(there.read_bytes()).hexdigest() != file.md5:
                self.lost.append(f"{file.local} was deleted, and {there} is not its copy")

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
        self.check_deletions()
        judge(self)


def main():
    rounds = int(sys.argv[1])
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
    if campaign.lost:
        print(f"kept: {site.top}")
        sys.exit(1)
    print("nothing was lost")


main()
