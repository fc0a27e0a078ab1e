"""System calls of the daemon that fail, or at which it is killed: the n-th of a kind in a thread, for one n after another.

See run.sh."""

import re
import subprocess
import sys
import time
from collections import Counter

from arguments import positive
from points import Campaign, options
from scenario import KILLED
from site_of_campaign import ARCHIVES

# What each may meet in the world; one n after another takes the next. What a kill may come before is any of these.
ERRORS = {
    "write": ("ENOSPC", "EIO"), "pwrite64": ("ENOSPC", "EIO"), "fsync": ("EIO",), "fdatasync": ("EIO",),
    "rename": ("EIO", "EACCES"), "renameat2": ("EIO", "EACCES"), "linkat": ("ENOSPC", "EIO"),
    "mkdirat": ("ENOSPC", "EACCES"), "unlink": ("EIO", "EACCES"), "unlinkat": ("EIO", "EACCES"),
    "openat": ("EMFILE", "EACCES", "EIO"), "openat2": ("EMFILE", "EACCES", "EIO"),
    "clone": ("EAGAIN",), "clone3": ("ENOMEM", "EAGAIN"), "pidfd_open": ("EMFILE",), "mmap": ("ENOMEM",),
}


class Tracer:
    """strace on the threads of one process; a child leaves it with its execve."""

    def __init__(self, file, call, what=None, n=None):
        """`what`: what comes about at the n-th call, in the words of strace."""
        self.file, self.call = file, call
        self.sign = file.with_name("sign")  # that the process has come to its main()
        self.words = ["strace", "-f", "-b", "execve", "-y", "-qq", "-o", file, "-e", f"trace={call}", "-e", "signal=none"]
        if what:
            self.words += ["-e", f"inject={call}:{what}:when={n}"]

    def __call__(self, pid):
        until = time.monotonic() + 20
        while not self.sign.exists():
            if time.monotonic() > until:
                raise RuntimeError("the daemon does not come to its main()")
            time.sleep(0.005)
        self.sign.unlink()
        return subprocess.Popen([*self.words, "-p", str(pid)])

    def lines(self):
        return self.file.read_text(errors="replace").splitlines()


class Sweep(Campaign):
    def __init__(self, chosen):
        super().__init__(chosen)
        self.kills = chosen.kill

    def run(self, site, tracer):
        """A scenario whose first daemon is traced, its status, and the calls that were made to fail."""
        scenario = self.scenario(site)
        status = scenario.with_fault(silent=tracer.call == "write", killed=self.kills, beside=tracer, LD_PRELOAD=str(self.preload),
                                     TORTURE_TRACED=str(tracer.sign), ASAN_OPTIONS="detect_leaks=0")
        if status == 99:
            raise RuntimeError("the daemon cannot be traced here")
        return scenario, status, [line for line in tracer.lines() if line.endswith("(INJECTED)")]

    def reached(self, site):
        """How many calls of each kind one thread makes at most where none fails."""
        tracer = Tracer(site.top / "trace", ",".join(ERRORS))
        scenario, status, _ = self.run(site, tracer)
        scenario.without_fault()
        if scenario.lost or status != 0:
            raise RuntimeError(f"without any fault the first run ended with {status}; {scenario.lost}")
        made = Counter(match.groups() for match in map(re.compile(r"(\d+) +(\w+)\(").match, tracer.lines()) if match)
        return {call: max((n for (_, name), n in made.items() if name == call), default=0) for call in ERRORS}

    def one(self, site, call, n):
        """Whether the fault came about."""
        error = ERRORS[call][(n - 1) % len(ERRORS[call])]
        what = "signal=KILL" if self.kills else f"error={error}"
        scenario, status, failed = self.run(site, Tracer(site.top / "trace", call, what, n))
        scenario.without_fault()
        times = int(status == KILLED) if self.kills else len(failed)
        if scenario.lost:
            scenario.lost.append(f"the run with the fault ended with {status}; failed: {failed[:4]}")
        self.judge(scenario, f"{site.archives[0]} {call} {n} {what}", f"kill at {call}" if self.kills else call, times)
        return times > 0

    def all_of(self, site, calls, first, stride):
        """Each call from the first one until a scenario passes without reaching the n-th."""
        reached = self.reached(site)
        for call in calls:
            n = first
            while not self.over() and reached[call] and (self.one(site, call, n) or n <= reached[call]):
                n += stride
            print(f"{site.archives[0]} {call}: {reached[call]} where none fails, ended at {n}", flush=True)

    def some_of(self, sites, calls, count):
        """So many points, spread over all calls of both kinds of destination."""
        everything = [(archive, call, n) for archive, site in sites.items()
                      for call, most in self.reached(site).items() if call in calls for n in range(1, most + 1)]
        for archive, call, n in self.random.sample(everything, min(count, len(everything))):
            if self.over():
                break
            self.one(sites[archive], call, n)


def main():
    parser = options("System calls of the daemon fail, one n-th call after another; see the head of run.sh.")
    parser.add_argument("--kill", action="store_true", help="the daemon is killed when it would make the call")
    parser.add_argument("--call", action="append", choices=list(ERRORS), help="only this one; may be repeated")
    parser.add_argument("--from", type=positive, default=1, dest="first", metavar="N", help="begin with the N-th call")
    parser.add_argument("--stride", type=positive, default=1, metavar="N", help="every N-th call only")
    parser.add_argument("--points", type=positive, metavar="N", help="N calls of all, by the seed, instead of all of them")
    chosen = parser.parse_args()
    sweep = Sweep(chosen)
    calls = chosen.call or list(ERRORS)
    sites = {archive: sweep.site(archive) for archive in chosen.archive or ARCHIVES}
    print(f"system calls that fail, TORTURE_SEED={sweep.seed}", flush=True)
    try:
        if chosen.points:
            sweep.some_of(sites, calls, chosen.points)
        else:
            for site in sites.values():
                sweep.all_of(site, calls, chosen.first, chosen.stride)
    finally:
        for site in sites.values():
            site.close(keep=False)
    sweep.end("tests/torture/run.sh --sweep " + " ".join(sys.argv[1:]))


main()
