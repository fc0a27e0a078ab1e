"""The destination host: an sshd of our own on the loopback interface, with throwaway keys, reached directly or
through a long link."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from pathlib import Path

NAME = "suprsync-bench"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class RemoteHost:
    """`host` is what to give to ssh and rsync, `config` the ssh configuration that knows it."""

    def __init__(self, directory: Path, long_link: Path | None = None, delay_ms: int = 0, window: int = 0):
        self.directory = directory
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.host = f"{self.user}@{NAME}"
        self.config = directory / "ssh_config"
        self.link: subprocess.Popen | None = None
        (directory / "home").mkdir(parents=True)
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", exist_ok=True)
        for key in ("host_key", "client_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory / key], check=True)
        (directory / "known_hosts").write_text(f"{NAME} {(directory / 'host_key.pub').read_text()}")
        self._start()
        port = self.port
        if long_link:
            limits = [str(window)] if window else []
            self.link = subprocess.Popen([long_link, str(self.port), str(delay_ms), *limits],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            port = int(self.link.stdout.readline())
        self.config.write_text(
            f"Host {NAME}\n HostName 127.0.0.1\n Port {port}\n HostKeyAlias {NAME}\n User {self.user}\n"
            f" IdentityFile {directory}/client_key\n IdentitiesOnly yes\n"
            f" UserKnownHostsFile {directory}/known_hosts\n GlobalKnownHostsFile none\n StrictHostKeyChecking yes\n")

    def _start(self) -> None:
        directory = self.directory
        for _ in range(5):
            self.port = free_port()
            (directory / "sshd_config").write_text(
                f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {directory}/host_key\n"
                f"AuthorizedKeysFile {directory}/client_key.pub\nPidFile none\nUsePAM no\nStrictModes no\n"
                "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
                "PrintMotd no\nUseDNS no\nMaxStartups 200\n"
                # What the account's own shell does at its start is not to be measured.
                f"SetEnv HOME={directory / 'home'}\n")
            with open(directory / "sshd.log", "ab") as log:
                self.sshd = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", directory / "sshd_config"],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                             start_new_session=True)
            for _ in range(200):
                if self.sshd.poll() is not None:
                    break  # another program took the port meanwhile
                try:
                    with socket.create_connection(("127.0.0.1", self.port), timeout=1) as s:
                        if s.recv(4) == b"SSH-":
                            return
                except OSError:
                    time.sleep(0.02)
        raise RuntimeError("sshd did not start: " + (directory / "sshd.log").read_text())

    def ssh(self, *options: str) -> list[str]:
        """The ssh command of the bare tools."""
        return ["ssh", "-F", str(self.config), "-o", "BatchMode=yes", *options]

    def close(self) -> None:
        if self.link:
            self.link.stdin.close()
            self.link.wait(10)
        os.kill(self.sshd.pid, signal.SIGTERM)
        self.sshd.wait(10)
