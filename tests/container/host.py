"""The machine that the services of the test run on: the directories that they mount, an OCS site file, the site's hub, and an
sshd that is the destination of one archive. Everything lies below one directory, which stands for the root of that machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

CRYO, SMURF = 1000, 1001  # as in the image of the agent, and on the machines of the site

# As OCS has it. The Python agents of the same entries are not to be started by a HostManager: manage.
SITE = """
hub:
  wamp_server: ws://127.0.0.1:8001/ws
  wamp_http: http://127.0.0.1:8001/call
  wamp_realm: test_realm
  address_root: observatory
hosts:
  ocs-docker:
    agent-instances:
      - agent-class: SupRsync
        instance-id: timestream-sync
        manage: ignore
        arguments: ['--archive-name', 'timestreams', '--remote-basedir', '{timestreams}',
                    '--db-path', '/data/so/dbs/suprsync.db', '--suprsync-file-root', '/data/so/suprsync',
                    '--ssh-host', 'root@archive', '--ssh-key', '/home/cryo/.ssh/id_ed25519']
      - agent-class: SupRsync
        instance-id: smurf-sync
        manage: ignore
        arguments: ['--archive-name', 'smurf', '--remote-basedir', '/data/archive/smurf',
                    '--db-path', '/data/so/dbs/suprsync.db', '--suprsync-file-root', '/data/so/suprsync']
"""


class Host:
    database = "/data/so/dbs/suprsync.db"

    def __init__(self, directory: Path):
        self.directory = directory
        self.timestreams = directory / "archive/timestreams"  # on the other side of ssh, hence no mount leads there
        self.smurf = directory / "data/archive/smurf"
        for place in ("archive", "config", "data/so/dbs", "data/archive", "home/cryo/.ssh", "sshd"):
            (directory / place).mkdir(parents=True)
        (directory / "config/default.yaml").write_text(SITE.format(timestreams=self.timestreams))
        self._start_sshd()
        self.hub_log = directory / "hub.log"
        self._start_hub()
        for below, names, files in os.walk(directory / "data"):
            shutil.chown(below, CRYO, SMURF)
        for file in (directory / "home/cryo/.ssh", *(directory / "home/cryo/.ssh").iterdir()):
            shutil.chown(file, CRYO, SMURF)
            file.chmod(0o700 if file.is_dir() else 0o600)

    def _start_sshd(self) -> None:
        own, ssh = self.directory / "sshd", self.directory / "home/cryo/.ssh"
        for key in (own / "host_key", ssh / "id_ed25519"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        # The network is the test's own: no port is taken.
        (own / "config").write_text(
            f"ListenAddress 127.0.0.1\nPort 22\nHostKey {own}/host_key\nAuthorizedKeysFile {own}/authorized_keys\n"
            "PidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\nUseDNS no\nPrintMotd no\n")
        (own / "authorized_keys").write_text((ssh / "id_ed25519.pub").read_text())
        (ssh / "config").write_text("Host archive\n HostName 127.0.0.1\n HostKeyAlias archive\n")
        (ssh / "known_hosts").write_text("archive " + (own / "host_key.pub").read_text())
        os.makedirs("/run/sshd", exist_ok=True)
        # It ends with the processes of the test.
        sshd = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", own / "config", "-E", own / "log"])
        while True:
            try:
                return socket.create_connection(("127.0.0.1", 22), 10).close()
            except ConnectionRefusedError:
                if sshd.poll() is not None:
                    raise AssertionError("sshd does not start: " + (own / "log").read_text())
                time.sleep(0.02)

    def _start_hub(self) -> None:
        router = Path(__file__).parents[1] / "support/wamp_router.py"
        with open(self.hub_log, "wb") as log:
            # Debian's Python, which has Autobahn.
            hub = subprocess.Popen(["/usr/bin/python3", router, "8001", "test_realm"], stdout=log, stderr=log)
        while "router on" not in self.hub_log.read_text():
            if hub.poll() is not None:
                raise AssertionError("the hub does not start: " + self.hub_log.read_text())
            time.sleep(0.02)

    def hub_heard(self, line: str) -> int:
        """How many lines of the hub's log begin so."""
        return sum(one.startswith(line) for one in self.hub_log.read_text().splitlines())

    def make_file(self, path: str, content: bytes) -> None:
        """At a path below /data."""
        file = Path(f"{self.directory}{path}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
