"""A site on the booted machine: its accounts, the data (a mount), a destination behind an sshd, the configuration; how
files are registered there, and how one looks what became of them."""

from __future__ import annotations

import hashlib
import json
import os

from checks import check, wait_until
from machine import Machine

CATALOG = "/srv/so/dbs/suprsync.db"
BASE = "/srv/archive/timestreams"
DAY = "17354"
DATA = "/data/smurf"  # below the mount
CONFIGURATION = "/etc/suprsync/suprsync.yaml"
DROP_INS = "/etc/systemd/system/suprsync.service.d"
SOCKET = "/run/suprsync/http.sock"

SETTINGS = f"""
db_path: {CATALOG}
suprsync_file_root: /srv/so/suprsync
local_roots: [/data/smurf]
archives:
  - name: timestreams
    remote_basedir: {BASE}
    ssh_host: archive@archive
    delete_local_after: 7d
"""
# Slow enough that something can happen meanwhile.
SLOW = """
  - name: slow
    remote_basedir: /srv/archive/slow
    ssh_host: archive@archive
    bwlimit: 1m
"""
SSH_CONFIG = "Host archive\n HostName 127.0.0.1\n HostKeyAlias archive\n"
# The unit as it is waits longer than a test should.
HASTE = "[Service]\nWatchdogSec=6\nRestartSec=1\n"


class Site:
    def __init__(self, machine: Machine):
        self.machine = machine
        self.run, self.said, self.write = machine.run, machine.said, machine.write

    def make(self) -> None:
        """What is there before the package is: accounts (the daemon's own comes with the package), data, destination."""
        self.run("groupadd", "--gid", "1001", "smurf")
        self.run("useradd", "--uid", "1000", "--gid", "smurf", "--create-home", "--shell", "/bin/bash", "cryo")
        for account in ("archive", "pysmurf", "stranger"):
            self.run("useradd", "--create-home", "--shell", "/bin/bash", account)
        # The data is a mount of its own.
        self.run("mkdir", "-p", "/srv/disk", "/data", "/srv/archive", "/srv/so/suprsync", "/srv/so/dbs")
        self.run("usermod", "--append", "--groups", "smurf", "pysmurf")
        self.run("chown", "root:smurf", "/srv/disk")
        self.run("chmod", "2775", "/srv/disk")
        self.run("chown", "archive:archive", "/srv/archive")
        self.write("/etc/fstab", "/srv/disk /data none bind 0 0\n")
        self.run("systemctl", "daemon-reload")
        self.run("systemctl", "start", "data.mount", "ssh.service")
        # A session's leavings are removed at once, not after ten seconds.
        self.write("/etc/systemd/logind.conf.d/test.conf", "[Login]\nUserStopDelaySec=0\n")
        self.run("systemctl", "restart", "systemd-logind")

    def give_key(self, account: str) -> None:
        """The account may log in as `archive`, and knows that host."""
        home = self.said("getent", "passwd", account).split(":")[5]
        group = self.said("id", "-gn", account)
        self.run("install", "-d", "-o", account, "-g", group, "-m", "700", f"{home}/.ssh")
        self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{home}/.ssh/id_ed25519")
        public = self.said("cat", f"{home}/.ssh/id_ed25519.pub")
        host = " ".join(self.said("cat", "/etc/ssh/ssh_host_ed25519_key.pub").split()[:2])
        self.write(f"{home}/.ssh/config", SSH_CONFIG, f"{account}:{group}")
        self.write(f"{home}/.ssh/known_hosts", f"archive {host}\n", f"{account}:{group}")
        self.run("chown", "-R", f"{account}:{group}", f"{home}/.ssh")
        known = self.run("cat", "/home/archive/.ssh/authorized_keys", fails=None).stdout
        self.write("/home/archive/.ssh/authorized_keys", f"{known}{public}\n", "archive:archive", "600")

    def configure(self, text: str = SETTINGS + SLOW) -> None:
        self.write(CONFIGURATION, text)

    def drop_in(self, name: str, text: str) -> None:
        self.write(f"{DROP_INS}/{name}.conf", text)
        self.run("systemctl", "daemon-reload")

    # ---- files
    def make_file(self, name: str, size: int = 200_000) -> str:
        """Of random bytes, below /data; its MD5 sum."""
        content = os.urandom(size // 2 + 1).hex()[:size]
        self.write(f"{DATA}/{name}", content, "pysmurf:smurf")
        return hashlib.md5(content.encode()).hexdigest()

    def post(self, name: str, archive: str = "timestreams", user: str = "pysmurf") -> int:
        """Registers it over the socket; its id."""
        body = {"local_path": f"{DATA}/{name}", "remote_path": f"{DAY}/{name}", "archive_name": archive}
        answer = self.said("curl", "--silent", "--show-error", "--fail-with-body", "--unix-socket", SOCKET,
                           "http://localhost/files", "--json", json.dumps(body), user=user)
        return json.loads(answer)["id"]

    def insert(self, name: str, archive: str = "timestreams", user: str = "pysmurf") -> int:
        """Registers it as programs of the site do; its id."""
        return int(self.said(
            "sqlite3", "-cmd", ".timeout 5000", CATALOG,
            "INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp, deletable) "
            f"VALUES ('{DATA}/{name}', '', '{archive}', '{DAY}/{name}', unixepoch(), 1); "
            "SELECT last_insert_rowid();", user=user))

    def ask(self, path: str, socket: str = SOCKET) -> dict:
        answer = self.run("curl", "--silent", "--unix-socket", socket, f"http://localhost{path}", fails=None)
        try:
            return json.loads(answer.stdout)
        except ValueError:  # it does not answer now
            return {}

    def conditions(self) -> set[str]:
        return {condition["kind"] for condition in self.ask("/status").get("conditions", [])}

    def state(self, file: int) -> str:
        return self.ask(f"/files/{file}").get("state", "")

    def arrives(self, what: str, name: str, md5: str, file: int, archive: str = "timestreams", limit: float = 90) -> None:
        wait_until(f"{what}: verified", lambda: self.state(file) == "verified", limit)
        copy = self.said("md5sum", f"/srv/archive/{archive}/{DAY}/{name}").split()[0]
        check(f"{what}: the copy has its content", copy == md5, copy)

    def copies(self, what: str, name: str) -> None:
        """One more file goes, from the registration to its copy."""
        md5 = self.make_file(name)
        self.arrives(what, name, md5, self.post(name))

    def is_under_way(self) -> bool:
        """Whether a part of a large file lies in staging."""
        return bool(self.run("find", "/srv/archive/.suprsync", "-type", "f", "-size", "+500k", fails=None).stdout)

    # ---- the service
    def property(self, name: str, unit: str = "suprsync.service") -> str:
        return self.said("systemctl", "show", "--value", f"--property={name}", unit)

    def is_active(self, unit: str = "suprsync.service") -> bool:
        return self.property("ActiveState", unit) == "active"

    def main_process(self) -> int:
        return int(self.property("MainPID"))

    def came_back(self, before: int) -> bool:
        return self.is_active() and self.main_process() not in (0, before)
