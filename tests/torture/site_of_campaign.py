"""Where the campaign takes place: data, catalog, four destinations (three behind an sshd of its own), the daemon."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

# A destination on this machine, one over ssh by rsync and scripts, one over ssh with a suprsync there, and the same compressed.
ARCHIVES = ("near", "far", "served", "packed")
SERVED = ", ssh_host: torture, remote_suprsync: {top}/suprsync"
WAYS = {"near": "", "far": ", ssh_host: torture, transfer: rsync", "served": SERVED, "packed": SERVED + ", compression: true"}


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Site:
    def __init__(self, program, archives=ARCHIVES, delete_after="2s"):
        self.program, self.archives, self.delete_after = program, archives, delete_after
        self.top = Path(tempfile.mkdtemp(prefix="sup-", dir="/dev/shm"))
        self.here, self.there = self._disks()
        self.data, self.run = self.here / "data", self.top / "x"
        self.roots = self.here / "fin"
        self.catalog = self.here / "db" / "suprsync.db"
        self.socket = self.top / "http"
        self.log = self.top / "log"
        self._make_directories()
        # By that name its processes are known.
        (self.top / "suprsync").symlink_to(Path(self.program).resolve())
        self.refused_starts = 0
        self.garbage = set()  # ids of rows that no program of ours registered
        self.daemon = None
        self.sshd = None
        if any("ssh_host" in WAYS[archive] for archive in archives):
            self.sshd_command = self._prepare_sshd()
            self.start_sshd()
        self._write_configuration()

    def _disks(self):
        """Directories: of this machine, and of that of the destinations over ssh."""
        return self.top, self.top

    def _directories(self):
        return (self.data, self.run, self.roots, self.catalog.parent, *(self._place(archive) for archive in self.archives))

    def _make_directories(self):
        for directory in self._directories():
            directory.mkdir(parents=True, exist_ok=True)
        self.run.chmod(0o700)

    def clear(self):
        """As it was in the beginning; for a daemon that has ended."""
        for directory in self._directories():
            shutil.rmtree(directory)
        self.log.unlink(missing_ok=True)
        self._make_directories()

    def _place(self, archive):
        return (self.there if "ssh_host" in WAYS[archive] else self.here) / "there" / archive

    def base(self, archive):
        return self._place(archive) / "base"

    def staging(self, archive):
        return self._place(archive) / ".suprsync"

    def _link(self, port):
        """Where ssh is to connect to."""
        return port

    def _prepare_sshd(self):
        """The command that runs it."""
        ssh = self.top / "ssh"
        ssh.mkdir(mode=0o700)
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ssh / key], check=True)
        shutil.copy(ssh / "user.pub", ssh / "authorized")
        port = free_port()
        reached_at = self._link(port)
        (ssh / "known").write_text("torture " + " ".join((ssh / "host.pub").read_text().split()[:2]) + "\n")
        (ssh / "config").write_text(
            f"Host torture\n  HostName 127.0.0.1\n  Port {reached_at}\n  HostKeyAlias torture\n"
            f"  UserKnownHostsFile {ssh / 'known'}\n  IdentityFile {ssh / 'user'}\n  IdentitiesOnly yes\n")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        # With that SHLVL bash leaves the account's start-up files alone: what is killed in the midst of them is not ours.
        options = {"ListenAddress": "127.0.0.1", "AuthorizedKeysFile": ssh / "authorized", "StrictModes": "no",
                   "UsePAM": "no", "PidFile": "none", "PermitRootLogin": "yes", "MaxStartups": "100", "SetEnv": "SHLVL=2"}
        command = ["/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-h", ssh / "host", "-p", str(port)]
        for name, value in options.items():
            command += ["-o", f"{name}={value}"]
        return command

    def start_sshd(self):
        with open(self.top / "ssh/log", "ab") as log:
            self.sshd = subprocess.Popen(self.sshd_command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                         start_new_session=True)

    def _write_configuration(self):
        (self.top / "suprsync.yaml").write_text(
            f"instance_id: torture\ndb_path: {self.catalog}\nsuprsync_file_root: {self.roots}\n"
            f"local_roots: [{self.data}]\nhttp: {{listen: 'unix:{self.socket}'}}\narchives:\n" +
            "".join(f"  - {{name: {name}, remote_basedir: {self.base(name)}, delete_local_after: "
                    f"{self.delete_after}, sleep_time: 1s"
                    + WAYS[name].format(top=self.top) + "}\n" for name in self.archives))

    def launch(self, *options, **variables):
        """A daemon with these options and variables of the environment beside its own."""
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(self.run),
                       "SUPRSYNC_SSH_CONFIG": str(self.top / "ssh/config"), **variables}
        environment.pop("RUNTIME_DIRECTORY", None)
        with open(self.log, "ab") as log:
            self.daemon = subprocess.Popen([self.program, "run", *options, "--config", self.top / "suprsync.yaml"],
                                           stdout=log, stderr=log, env=environment, start_new_session=True)

    def start(self, longest=20):
        """Started anew at once; refused while the kernel still ends the one before. It is ready after `longest` s at the latest."""
        until = time.monotonic() + longest
        while True:
            self.launch()
            while self.daemon.poll() is None:
                if self.get("/readyz")[0] == 200:
                    return
                if time.monotonic() > until:
                    raise RuntimeError(f"the daemon is not ready within {longest} s")
                time.sleep(0.01)
            self.refused_starts += 1
            if time.monotonic() > until:
                raise RuntimeError(f"the daemon does not start: {self.daemon.returncode}")
            time.sleep(0.1)

    def runs(self):
        return bool(self.daemon) and self.daemon.poll() is None

    def kill(self):
        os.kill(self.daemon.pid, signal.SIGKILL)
        self.daemon.wait()

    def stop(self):
        self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(60)

    def request(self, method, path, body=None):
        """Status and body; status 0 where there was no whole answer."""
        connection = UnixConnection(self.socket, 30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def get(self, path):
        return self.request("GET", path)

    def processes(self):
        """(pid, command) of processes that this site started, by their environment or their words."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                ours = str(self.top) in words or str(self.top).encode() in (entry / "environ").read_bytes()
            except OSError:
                continue
            pid = int(entry.name)
            if ours and pid not in (os.getpid(), self.sshd and self.sshd.pid):
                found.append((pid, words.strip()))
        return found

    def close(self, keep):
        for process in (self.daemon, self.sshd):
            if process and process.poll() is None:
                process.kill()
                process.wait()
        if not keep:
            shutil.rmtree(self.top, ignore_errors=True)
