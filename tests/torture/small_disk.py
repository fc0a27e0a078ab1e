"""A disk that is full, out of inodes, read-only or gone when it is to be. For root, in a mount namespace of its own."""

import os
import subprocess

SIZE_MIB = 12 << 10
INODES = 2_000_000


class SmallDisk:
    """A tmpfs, mounted at `place`, where its users see it."""

    def __init__(self, top, place):
        self.top, self.place = top, place
        self.top.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", self.top], check=True)
        self.has_room()
        self.mount()

    def _remount(self, options):
        return subprocess.run(["mount", "-o", f"remount,{options}", self.top], check=False, stderr=subprocess.PIPE,
                              text=True)

    def mount(self):
        subprocess.run(["mount", "--bind", self.top, self.place], check=True)

    def unmount(self):
        """Whoever has a file of it open keeps it."""
        subprocess.run(["umount", "--lazy", self.place], check=True)

    def has_room(self):
        done = self._remount(f"size={SIZE_MIB}m,nr_inodes={INODES}")
        if done.returncode != 0:
            raise RuntimeError(f"{self.top} does not get its room back: {done.stderr}")

    def is_full(self):
        """False where somebody wrote meanwhile, and it is not."""
        used = os.statvfs(self.top)
        # Of an empty one a page: no size at all is no limit.
        room = max(1, used.f_blocks - used.f_bfree) * used.f_frsize
        return self._remount(f"size={room >> 10}k").returncode == 0

    def has_no_inodes(self):
        """False where somebody made a file meanwhile."""
        used = os.statvfs(self.top)
        return self._remount(f"nr_inodes={used.f_files - used.f_ffree}").returncode == 0

    def is_read_only(self, it_is):
        """False where a file is open for writing."""
        return self._remount("ro" if it_is else "rw").returncode == 0

    def close(self):
        for place in (self.place, self.top):
            subprocess.run(["umount", "--lazy", place], check=False, stderr=subprocess.DEVNULL)
