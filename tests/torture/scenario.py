"""One daemon with a fault, one without, and whether everything is as if there had been none.

The scenario: the catalog of another program with files of two days, all due to be copied, announced and deleted. What
is wrong is in `lost`. The daemon runs with --once: with the fault it may end as it likes, or say what it waits for, but
not in silence; without it, it settles everything.
"""

import os
import random
import re
import signal
import sqlite3
import subprocess
import time

from registered import File, make_catalog
from verdict import all_settled, check_now, files_below, judge

DAYS = (17000, 17001)
SIZES = (0, 100, 70_000, 1_500_000)
PATIENCE = 3  # s
LONGEST_RUN = 150  # s
LONGEST_TO_SETTLE = 120  # s
ALLOWED = (0, 1, 2, 3, 4)  # docs/spec.md, exit statuses
KILLED = -signal.SIGKILL
WAITS = re.compile(r"warning .*(condition (?!read_from_memory|catalog_preparing)|is not )|attempt")
COMPLAINS = re.compile(r"\b(error|critical)\b|^suprsync run: ", re.MULTILINE)
# The C library ends a program (127) that looks up a name through a module of its own where it has no memory for that.
ENDED_BY_LIBC = "cannot allocate memory for thread-local data: ABORT"
BROKEN = re.compile(r"^.*(AddressSanitizer|ThreadSanitizer|runtime error:|terminate called|Assertion).*$", re.MULTILINE)


class Scenario:
    tears = False

    def __init__(self, site, seed):
        self.site, self.lost, self.files = site, [], []
        site.clear()
        make_catalog(site.catalog)
        self._register(random.Random(seed))

    def _register(self, choose):
        long_ago = time.time() - 5000
        catalog = sqlite3.connect(self.site.catalog)
        archive, = self.site.archives
        for day in DAYS:
            for number, size in enumerate(SIZES):
                name = f"{choose.choice(('smurf', 'hk'))}/{number}.g3"
                file = File(archive, f"{day}/{name}", self.site.data / str(day) / name)
                file.write(choose.randbytes(size))
                if choose.random() < 0.7:  # the others are too new for their time to tell of a change
                    os.utime(file.local, (long_ago, long_ago))
                file.insert(catalog, file.md5 if choose.random() < 0.7 else "", long_ago)
                self.files.append(file)
        catalog.close()

    def run_once(self, beside=None, waits=True, **variables):
        """The daemon's status, or None where it had to be killed. `beside` is run with its process id and waited for.

        Without `waits`, a daemon that has said what it waits for is told to end: what was not done is for the next one.
        """
        self.site.launch("--once", **variables)
        helper = None
        try:
            helper = beside(self.site.daemon.pid) if beside else None
            if not waits and not self._ends_within(PATIENCE) and WAITS.search(self._said()):
                self.site.daemon.send_signal(signal.SIGTERM)
            if self._ends_within(LONGEST_RUN):
                return self.site.daemon.returncode
            self.lost.append(f"hangs: not ended after {LONGEST_RUN} s; its threads wait in {self._where()}")
            return None
        finally:
            if self.site.daemon.poll() is None:
                self.site.kill()
            if helper:
                helper.wait()

    def _ends_within(self, seconds):
        try:
            self.site.daemon.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def _said(self):
        return self.site.log.read_text(errors="replace")

    def _where(self):
        """What the kernel says of each thread of the daemon."""
        found = []
        for task in sorted(os.listdir(f"/proc/{self.site.daemon.pid}/task")):
            words = []
            for what in ("comm", "wchan", "syscall"):
                try:
                    with open(f"/proc/{self.site.daemon.pid}/task/{task}/{what}", encoding="utf-8") as file:
                        words.append(file.read().strip())
                except OSError:
                    continue
            found.append(" ".join(words))
        return found

    def let_waits_pass(self):
        """What an attempt or a deletion that failed waits for: the minute is over."""
        catalog = sqlite3.connect(self.site.catalog, timeout=30)
        with catalog:
            if catalog.execute("SELECT 1 FROM sqlite_master WHERE name = 'suprsync_notes'").fetchone():
                catalog.execute("UPDATE suprsync_notes SET not_before = 0 WHERE not_before > 0")
                catalog.execute("UPDATE suprsync_files SET due = 0 WHERE due > ?", (time.time(),))
        catalog.close()

    def with_fault(self, silent=False, killed=False, beside=None, **variables):
        """The run that meets the fault. `silent`: the fault may be one of writing the log; `killed`: it may be a kill."""
        status = self.run_once(beside, waits=False, **variables)
        said = self._said()
        if killed and status == KILLED:
            pass
        elif status is not None and status < 0:
            self.lost.append(f"the daemon was ended by signal {-status}")
        elif status is not None and status not in ALLOWED and ENDED_BY_LIBC not in said:
            self.lost.append(f"the daemon ended with {status}")
        elif status in (1, 2, 4) and not silent and not COMPLAINS.search(said):
            self.lost.append(f"the daemon ended with {status} and said nothing")
        if broken := BROKEN.search(said):
            self.lost.append(broken[0])
        check_now(self)
        return status

    def without_fault(self):
        """Runs until all is settled, and the oracle."""
        until = time.monotonic() + LONGEST_TO_SETTLE
        while True:
            self.let_waits_pass()
            status = self.run_once()
            if status not in (0, 3):
                if status is not None:
                    self.lost.append(f"without a fault, the daemon ended with {status}")
                break
            if all_settled(self):
                break
            if time.monotonic() > until:
                self.lost.append(f"not all is settled after {LONGEST_TO_SETTLE} s; the last run ended with {status}")
                break
            time.sleep(0.3)
        check_now(self)
        judge(self)
        # A finalization file that cannot be removed is told of.
        left = [str(path) for top in (self.site.data, self.site.roots) for path in files_below(top).values()
                if f"announces nothing is not removed: cannot delete {path}" not in self._said()]
        if left and not self.lost:
            self.lost.append(f"all is settled, and these are still here: {left[:10]}")
