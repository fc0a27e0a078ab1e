"""What a container engine does with an image and a service of a compose file: namespaces, mounts, environment, account,
signals. The network is the one it is started in (network_mode: host)."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).parent


def seconds(text: str | int) -> float:
    """A duration as compose files have it (45s, 1m30s), or as an image has it (nanoseconds)."""
    if isinstance(text, int):
        return text / 1e9
    parts = re.findall(r"(\d+)(h|m|s)", text)
    if "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text}: expected a duration such as 45s or 1m30s")
    return sum(int(number) * {"h": 3600, "m": 60, "s": 1}[unit] for number, unit in parts)


def words(command: str | list[str]) -> list[str]:
    return shlex.split(command) if isinstance(command, str) else [str(word) for word in command]


def interpolated(text: str, variables: dict[str, str]) -> str:
    """${NAME} as compose reads it; a variable that is not set is an error here."""
    return re.sub(r"\$\{(\w+)\}", lambda match: variables[match.group(1)], text)


class Container:
    """`image` is the configuration of the image, `root` its files, a copy of this container's own. A path of the host in
    `volumes` is one below the directory `host`."""

    # What compose.py would have to do more for.
    known = {"image", "hostname", "user", "network_mode", "container_name", "environment", "volumes", "command",
             "stop_grace_period", "restart"}

    def __init__(self, image: dict, service: dict, root: Path, host: Path, variables: dict[str, str], log: Path):
        if unknown := set(service) - self.known:
            raise ValueError(f"{service['container_name']}: this test does not know {', '.join(sorted(unknown))}")
        if service["network_mode"] != "host":
            raise ValueError(f"{service['container_name']}: this test runs on the network of the host alone")
        self.name = service["container_name"]
        self.log = log
        self.account = service.get("user") or image["User"]
        environment = image["Env"] + service["environment"]
        self.environment = dict(interpolated(entry, variables).split("=", 1) for entry in environment)
        self.command = image["Entrypoint"] + words(service.get("command") or image.get("Cmd") or [])
        self.binds = [interpolated(volume, variables).split(":") for volume in service["volumes"]]
        self.binds = [(f"{host}{source}", target) for source, target in self.binds]
        self.hostname = service["hostname"]
        self.root = root
        self.stop_signal = signal.Signals[image["StopSignal"]]
        self.stop_grace = seconds(service.get("stop_grace_period", "10s"))
        self.health = image["Healthcheck"]
        if self.health["Test"][0] != "CMD":
            raise ValueError("this test knows health checks of the form CMD [...] alone")

    def _with_environment(self, command: list[str]) -> list[str]:
        return [f"{name}={value}" for name, value in self.environment.items()] + command

    def start(self) -> None:
        binds = [path for bind in self.binds for path in bind]
        with open(self.log, "wb") as log:
            self._outside = subprocess.Popen(
                ["unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child", HERE / "enter.sh",
                 self.root, self.hostname, self.account, str(len(self.binds)), *binds,
                 *self._with_environment(self.command)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def first_process(self) -> int:
        """Its number out here; waits for its start."""
        outside = self._outside.pid
        while not (children := Path(f"/proc/{outside}/task/{outside}/children").read_text().split()):
            if self._outside.poll() is not None:
                raise AssertionError(f"{self.name} ended with exit status {self._outside.returncode}")
            time.sleep(0.01)
        return int(children[0])

    def execute(self, command: list[str], limit: float = 60) -> subprocess.CompletedProcess:
        """A command in there, as `docker exec` runs it. Raises TimeoutExpired after `limit` seconds."""
        return subprocess.run(
            ["nsenter", f"--target={self.first_process()}", "--mount", "--pid", "--uts", "--ipc", "--root",
             "chroot", f"--userspec={self.account}", "/", "env", "-i", *self._with_environment(command)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit)

    def is_healthy(self) -> bool:
        try:
            return self.execute(self.health["Test"][1:], seconds(self.health["Timeout"])).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def stop(self) -> int:
        """Its exit status; where it does not end within its grace, as the engine ends it, 137."""
        first = self.first_process()
        os.kill(first, self.stop_signal)
        try:
            return self._outside.wait(self.stop_grace)
        except subprocess.TimeoutExpired:
            os.kill(first, signal.SIGKILL)
            self._outside.wait()
            return 137
