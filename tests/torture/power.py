"""Power cuts, of this machine or of the destinations', and whether anything was lost. See run.sh."""

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid

from busy_campaign import BusyCampaign, rounds_and_seed
from power_disk import LONGEST_TO_END, PowerDisk
from site_of_campaign import Site
from verdict import check_now

BOOT_ID = "/proc/sys/kernel/random/boot_id"
SIZES = (0, 100, 1000, 10_000, 10_000, 200_000, 200_000, 1_500_000)
DISK_MIB = 1024
CUTS = ("power cut here", "power cut there")


class PoweredSite(Site):
    """Two machines, each with a disk of its own: catalog, data and the local destination; and the other destinations.

    Each has a boot id of its own, which is another one after each cut. For a mount namespace of its own (unshare --mount)."""

    def _disks(self):
        # Machines that run on in a namespace of their own see what is mounted here, and what no longer is.
        subprocess.run(["mount", "--make-rshared", "/"], check=True)
        self.boots = {}
        self.disks = {}
        for machine in ("here", "there"):
            place = self.top / machine
            place.mkdir()
            self.disks[machine] = PowerDisk(self.top / f"disk of {machine}", place, DISK_MIB)
            self.boots[machine] = self.top / f"boot of {machine}"
            self._boot(machine)
        subprocess.run(["mount", "--bind", self.boots["here"], BOOT_ID], check=True)
        return self.top / "here", self.top / "there"

    def _make_directories(self):
        super()._make_directories()
        os.sync()

    def _boot(self, machine):
        self.boots[machine].write_text(f"{uuid.uuid4()}\n")

    def _prepare_sshd(self):
        # All that runs there ends with the first process of its namespace, at once.
        machine = ["unshare", "--mount", "--propagation", "slave", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c",
                   f'mount --bind "$0" {BOOT_ID} && exec "$@"', self.boots["there"]]
        subprocess.run([*machine, "true"], check=True)  # where that is not allowed, there is no such site
        return [*machine, *super()._prepare_sshd()]

    def processes(self):
        return [(pid, words) for pid, words in super().processes() if "power_disk.py" not in words]

    def cut(self, machine, seed, dark):
        """Its power goes, and comes again after so many seconds. How many writes are lost."""
        if machine == "there":
            self.sshd.kill()
            self.sshd.wait()
        else:
            self._kill_all_here()
        self.disks[machine].cut()
        time.sleep(dark)
        lost = self.disks[machine].restore(seed)
        self._boot(machine)
        if machine == "there":
            self.start_sshd()
        else:
            shutil.rmtree(self.run)
            self.run.mkdir(mode=0o700)
        return lost

    def _kill_all_here(self):
        if self.runs():
            self.kill()
        until = time.monotonic() + LONGEST_TO_END
        while running := [pid for pid, words in self.processes() if "sshd" not in words and self._is_here(pid)]:
            if time.monotonic() > until:
                raise RuntimeError(f"these do not die: {running}")
            for pid in running:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.01)

    def _is_here(self, pid):
        try:
            return os.stat(f"/proc/{pid}/ns/pid").st_ino == os.stat("/proc/self/ns/pid").st_ino
        except OSError:
            return False

    def close(self, keep):
        super().close(True)
        self._kill_all_here()
        if keep:
            shutil.copytree(self.here, self.top / "as it was here", symlinks=True)
            shutil.copytree(self.there, self.top / "as it was there", symlinks=True)
        subprocess.run(["umount", BOOT_ID], check=True)
        for disk in self.disks.values():
            disk.close()
        if not keep:
            shutil.rmtree(self.top)


class PowerCuts(BusyCampaign):
    tears = True
    lost_writes = 0

    def one_round(self):
        self.round += 1
        if not self.site.runs():
            self.site.start()
        # What writers have open would keep the disk from going.
        for writer in self.writers():
            writer.join()
        time.sleep(self.random.random() ** 2 * 2)
        machine = self.random.choice(("here", "there"))
        self.lost_writes += self.site.cut(machine, self.random.random(), self.random.random() ** 4 * 3)
        self.counts[f"power cut {machine}"] += 1
        self.counts["deleted"] += check_now(self)


def cuts_of(campaign):
    return 0, {**{cut: campaign.counts[cut] for cut in CUTS}, "write that was lost": campaign.lost_writes}


def main():
    chosen = rounds_and_seed("power cuts; see the head of run.sh.", 100)
    try:
        site = PoweredSite(os.environ["SUPRSYNC"])
    except (OSError, RuntimeError, subprocess.CalledProcessError) as why:
        print(f"skipped: two machines with disks of their own cannot be made here: {why}")
        sys.exit(77)
    campaign = PowerCuts(site, chosen.seed, CUTS, SIZES)
    campaign.run(chosen, "tests/torture/run.sh --power", cuts_of)


main()
