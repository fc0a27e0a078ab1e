"""A disk that loses its power: an ext4 on a loop device whose backing file is served by FUSE from memory.

What was written and not flushed since is gone after a cut, in part: any of these writes may have come to the disk, whole or
some of their sectors, in any order. Of an fsync that was answered before, nothing is lost. Needs root.

    python3 power_disk.py DIRECTORY MIB    serves DIRECTORY/served/disk; is told "off" and "on SEED" by its standard input
"""

import atexit
import errno
import os
import random
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

SECTOR = 512
LONGEST_TO_END = 20  # s
LONGEST_WRITE = 128 << 10


class UnflushedDisk:
    """The operations of FUSE on one file. It keeps what each write since the last flush has overwritten."""

    use_ns = True  # fusepy asks

    def __init__(self, content, size):
        self.content, self.size = os.open(content, os.O_RDWR | os.O_CREAT, 0o600), size
        os.ftruncate(self.content, size)
        self.unflushed = []  # (offset, before, after)
        self.has_power, self.dropped = True, 0  # dropped: writes that came without power
        self.mutex = threading.Lock()

    def __call__(self, operation, *arguments):
        if not hasattr(self, operation):
            raise OSError(errno.ENOSYS, "")
        with self.mutex:
            return getattr(self, operation)(*arguments)

    def init(self, _):
        print("served", flush=True)

    def getattr(self, path, _=None):
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o700, "st_nlink": 2}
        if path != "/disk":
            raise OSError(errno.ENOENT, "")
        return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": self.size}

    def open(self, *_):
        return 0

    def read(self, _, count, offset, *__):
        return os.pread(self.content, count, offset)

    def write(self, _, data, offset, *__):
        if self.has_power:
            self.unflushed.append((offset, os.pread(self.content, len(data), offset), data))
            os.pwrite(self.content, data, offset)
        else:
            self.dropped += 1
        return len(data)

    def fsync(self, *_):
        self.unflushed.clear()
        return 0

    def power_off(self):
        with self.mutex:
            self.has_power = False
            return "off"

    def power_on(self, seed):
        """Undoes what was not flushed, but for a part of it."""
        chance = random.Random(seed)
        kept = 0
        with self.mutex:
            for offset, before, _ in reversed(self.unflushed):
                os.pwrite(self.content, before, offset)
            usual = chance.choice((0, 0.1, 0.5, 0.9, 1))
            begun = chance.randrange(len(self.unflushed) + 1) if chance.random() < 0.5 else len(self.unflushed)
            for offset, _, after in self.unflushed[:begun]:
                if chance.random() >= usual:
                    continue
                kept += 1
                torn = chance.random() < 0.1
                for at in range(0, len(after), SECTOR):
                    if not torn or chance.random() < 0.5:
                        os.pwrite(self.content, after[at:at + SECTOR], offset + at)
            lost = len(self.unflushed) - kept + self.dropped
            self.unflushed.clear()
            self.has_power, self.dropped = True, 0
        return f"{lost}"


class PowerDisk:
    """The same as whoever uses it sees it: mounted at `place`, until its power is cut."""

    def __init__(self, top, place, mib):
        self.top, self.place, self.loop = Path(top), Path(place), None
        self.top.mkdir()
        (self.top / "served").mkdir()
        self.process = subprocess.Popen([sys.executable, __file__, self.top, str(mib)], text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        atexit.register(self.process.kill)  # whatever happens
        if self._answer() != "served":
            raise RuntimeError("the disk is not served: is python3-fusepy installed, and /dev/fuse there?")
        subprocess.run(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", self.top / "served/disk"],
                       check=True)
        self._mount()
        self.place.chmod(0o755)

    def _answer(self):
        return self.process.stdout.readline().strip()

    def _ask(self, what):
        self.process.stdin.write(what + "\n")
        return self._answer()

    def _mount(self):
        self.loop = subprocess.run(["losetup", "--find", "--show", self.top / "served/disk"], check=True, text=True,
                                   stdout=subprocess.PIPE).stdout.strip()
        subprocess.run(["mount", self.loop, self.place], check=True)

    def cut(self):
        """Nobody may use it any more."""
        self._ask("off")
        until = time.monotonic() + LONGEST_TO_END  # of whoever was killed, and has it open still
        while (ended := subprocess.run(["umount", self.place], check=False, stderr=subprocess.PIPE)).returncode != 0:
            if time.monotonic() > until:
                raise RuntimeError(f"{self.place} cannot be unmounted: {ended.stderr.decode()}")
            time.sleep(0.01)
        subprocess.run(["losetup", "--detach", self.loop], check=True)

    def restore(self, seed):
        """How many writes are lost, from the caches of the disk and of its machine. The file system has recovered as after any power cut."""
        lost = int(self._ask(f"on {seed}"))
        self._mount()
        return lost

    def close(self):
        for command in (["umount", self.place], ["losetup", "--detach", self.loop], ["umount", self.top / "served"]):
            subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
        self.process.stdin.close()
        self.process.wait(20)


def listen(disk):
    for line in sys.stdin:
        words = line.split()
        print(disk.power_off() if words[0] == "off" else disk.power_on(words[1]), flush=True)


def serve(top, mib):
    import fusepy

    disk = UnflushedDisk(Path(top) / "content", int(mib) << 20)
    threading.Thread(target=listen, args=(disk,), daemon=True).start()
    fusepy.FUSE(disk, str(Path(top) / "served"), foreground=True, nothreads=True, direct_io=True, big_writes=True,
                max_write=LONGEST_WRITE, max_read=LONGEST_WRITE)


if __name__ == "__main__":
    serve(*sys.argv[1:])
