"""A Debian in a directory, booted by systemd-nspawn: commands are run in it, it is rebooted and turned off."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

from checks import LIMIT, wait_until

HERE = Path(__file__).parent
ENVIRONMENT = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]


class CannotBoot(Exception):
    """systemd-nspawn boots nothing on this machine."""


class Machine:
    def __init__(self, root: Path, log: Path):
        self.root = root
        self.log = log
        self.name = f"suprsync-test-{os.getpid()}"

    def boot(self) -> None:
        with open(self.log, "ab") as log:
            self._outside = subprocess.Popen(
                ["unshare", "--mount", HERE / "boot.sh", self.root, self.name],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            self.wait_for_boot()
        except AssertionError as failure:
            self.power_off()
            raise CannotBoot(f"{failure}\n{self.log.read_text(errors='replace')}") from failure

    def leader(self) -> int | None:
        """Process 1 of the machine, by its number out here; none while it (re)boots."""
        for nspawn in _children(self._outside.pid):
            for process in _children(nspawn):
                try:
                    status = Path(f"/proc/{process}/status").read_text()
                except OSError:
                    continue
                if re.search(r"^NSpid:\t\d+\t1$", status, re.MULTILINE):
                    return process
        return None

    def _is_up(self) -> bool:
        if self._outside.poll() is not None:
            raise AssertionError(f"systemd-nspawn ended with exit status {self._outside.returncode}")
        if self.leader() is None:
            return False
        state = self.run("systemctl", "is-system-running", fails=None).stdout.strip()
        return state in ("running", "degraded")

    def wait_for_boot(self) -> None:
        wait_until("the machine has booted", self._is_up)

    def run(self, *command: str | Path, fails: bool | None = False, limit: float = LIMIT,
            user: str = "root", given: str | None = None) -> subprocess.CompletedProcess:
        """A command in there, as a user of it. Raises AssertionError where it fails, or does not where it should;
        whether it does is not looked at where `fails` is None."""
        leader = self.leader()
        if leader is None:
            return subprocess.CompletedProcess(command, 1, "", "the machine does not run")
        account = [] if user == "root" else ["runuser", "-u", user, "--"]
        done = subprocess.run(
            ["nsenter", f"--target={leader}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root",
             "--wdns=/", "env", "-i", *ENVIRONMENT, *account, *command],
            input=given, stdin=subprocess.DEVNULL if given is None else None, capture_output=True, text=True,
            timeout=limit, start_new_session=True)  # apt stops where it finds a terminal that is not its own
        if fails is not None and fails != (done.returncode != 0):
            raise AssertionError(f"{' '.join(map(str, command))}: exit status {done.returncode}\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def said(self, *command: str | Path, **how) -> str:
        return self.run(*command, **how).stdout.strip()

    def write(self, path: str, text: str, owner: str = "root:root", mode: str = "644") -> None:
        """A file as the machine sees it, in a directory that is made where it is missing."""
        self.run("mkdir", "-p", str(Path(path).parent))
        self.run("tee", path, given=text)
        self.run("chown", owner, path)
        self.run("chmod", mode, path)

    def reboot(self) -> None:
        before = self.leader()
        self.run("systemctl", "reboot", fails=None)
        wait_until("the machine goes down", lambda: self.leader() != before)
        self.wait_for_boot()

    def power_off(self) -> None:
        if self._outside.poll() is None:
            self._outside.send_signal(signal.SIGTERM)
            try:
                self._outside.wait(30)
            except subprocess.TimeoutExpired:
                for process in [self.leader(), *_children(self._outside.pid)]:
                    if process is not None:
                        os.kill(process, signal.SIGKILL)
                self._outside.wait()


def _children(process: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
