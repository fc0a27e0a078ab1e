"""Runs the services of a compose file as a container engine would, and looks whether they do what the site expects of
them. Run by tests/container/run.sh: services.py IMAGE COMPOSE_FILE ROOT..., a root a service; needs namespaces of its
own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from checks import check, wait_until
from container import Container
from host import Host

# What stands in the compose files of sites, but for the image's name.
SEED = {
    "hostname": "ocs-docker", "user": "cryo:smurf", "network_mode": "host",
    "volumes": ["${OCS_CONFIG_DIR}:/config", "/data:/data", "/home/cryo/.ssh:/home/cryo/.ssh"],
}
SEED_ENVIRONMENT = ["SITE_HUB=ws://${CB_HOST}:8001/ws", "SITE_HTTP=http://${CB_HOST}:8001/call"]
ARCHIVES = {"timestream-sync": "timestreams", "smurf-sync": "smurf"}


def check_seed(services: dict) -> None:
    for name, service in services.items():
        archive = name.removeprefix("ocs-")
        wanted = {**SEED, "container_name": name, "environment": [f"INSTANCE_ID={archive}", *SEED_ENVIRONMENT]}
        found = {key: service.get(key) for key in wanted}
        check(f"{name} has all that the sites' services have", found == wanted, found)


class Run:
    def __init__(self, host: Host, containers: dict[str, Container]):
        self.host = host
        self.containers = containers

    def everything(self) -> None:
        first, second = self.containers.values()
        for one in self.containers.values():
            one.start()
        for one in self.containers.values():
            wait_until(f"{one.name} is healthy", one.is_healthy)
            self.check_process(one)
            self.check_answer(one)
            self.check_agent(one)
        self.check_port()
        for one in self.containers.values():
            self.check_copy(one, "first")
        self.check_health_of_a_daemon_that_hangs(first)
        self.check_stop(first)
        self.check_copy(second, "after the other one's end")
        self.check_stop(second)

    @staticmethod
    def archive_of(one: Container) -> str:
        return ARCHIVES[one.environment["INSTANCE_ID"]]

    def check_process(self, one: Container) -> None:
        status = one.execute(["cat", "/proc/1/status"]).stdout.split("\n")
        facts = dict(line.split(":\t", 1) for line in status if ":\t" in line)
        check(f"{one.name}: process 1 is suprsync", facts.get("Name") == "suprsync", facts.get("Name"))
        numbers = (facts["Uid"].split()[1], facts["Gid"].split()[1])
        check(f"{one.name}: it is cryo:smurf by the numbers of the site", numbers == ("1000", "1001"), numbers)
        numbers = one.execute(["id", "user1010"]).stdout.split()[:2]
        check(f"{one.name}: the image has the site's other account", numbers == ["uid=1010(user1010)", "gid=1002(group1002)"],
              numbers)
        grace = one.execute(["suprsync", "run", "--print-config"]).stdout
        grace = float(re.search(r"^shutdown_grace: ([0-9.]+)", grace, re.MULTILINE).group(1))
        check(f"{one.name}: the engine waits longer than transfers get", one.stop_grace > grace + 2, grace)
        said = one.execute(["sh", "-c", "echo $HOME; id -un; id -gn"]).stdout.split()
        check(f"{one.name}: account and home have their names", said == ["/home/cryo", "cryo", "smurf"], said)

    def check_answer(self, one: Container) -> None:
        said = one.execute(["suprsync", "status", "--json"])
        check(f"{one.name} answers at its socket", said.returncode == 0, said.stderr)
        status = json.loads(said.stdout)
        found = (status["instance_id"], list(status["archives"]))
        check(f"{one.name} is the instance, with its archive alone",
              found == (one.environment["INSTANCE_ID"], [self.archive_of(one)]), found)

    def check_agent(self, one: Container) -> None:
        address = f"observatory.{one.environment['INSTANCE_ID']}"
        for procedure in (address, f"{address}.ops"):
            wait_until(f"{one.name}: the hub has {procedure}", lambda: self.host.hub_heard(f"registered {procedure}") > 0)
        feed = re.compile(rf'published \[16,[0-9]+,{{}},"{re.escape(address)}\.feeds\.archive_stats",.*"finalized_until":\[[0-9]+\.')
        wait_until(f"{one.name}: its archive_stats is published",
                   lambda: any(feed.match(line) for line in self.host.hub_log.read_text().splitlines()))

    def check_port(self) -> None:
        having = [one.name for one in self.containers.values()
                  if "listening on http://127.0.0.1:8642" in one.log.read_text()]
        check("one of them has the default port of their network", len(having) == 1, having)

    def check_copy(self, one: Container, name: str) -> None:
        archive = self.archive_of(one)
        content = os.urandom(300_000)
        here, there = f"/data/{archive}/{name}.g3", f"17354/{archive}/{name}.g3"
        self.host.make_file(here, content)
        added = one.execute(["suprsync", "add", here, there, archive, "--db", self.host.database])
        check(f"{one.name}: {name}: registered by a tool in the container", added.returncode == 0, added.stderr)
        copy = getattr(self.host, archive) / there
        wait_until(f"{one.name}: {name}: copied", lambda: copy.exists() and copy.read_bytes() == content)
        rows = ["suprsync", "check", here, "--json", "--db", self.host.database]
        wait_until(f"{one.name}: {name}: verified", lambda: '"verified"' in one.execute(rows).stdout)

    @staticmethod
    def check_health_of_a_daemon_that_hangs(one: Container) -> None:
        first = one.first_process()
        daemon = int(Path(f"/proc/{first}/task/{first}/children").read_text().split()[0])
        os.kill(daemon, signal.SIGSTOP)
        check(f"{one.name}: a daemon that hangs is not healthy", not one.is_healthy())
        os.kill(daemon, signal.SIGCONT)
        wait_until(f"{one.name} is healthy again", one.is_healthy)

    def check_stop(self, one: Container) -> None:
        before = self.host.hub_heard("goodbye wamp.close.normal")
        status = one.stop()
        check(f"{one.name} ends within its grace, with exit status 0", status == 0, status)
        wait_until(f"{one.name} said goodbye to the hub",
                   lambda: self.host.hub_heard("goodbye wamp.close.normal") == before + 1)
        check("the hub refused nothing", self.host.hub_heard("refused") == 0)


def main(image_file: str, compose_file: str, *roots: str) -> int:
    image = json.loads(Path(image_file).read_text())["Docker"]["config"]
    services = yaml.safe_load(Path(compose_file).read_text())["services"]
    check("a service an archive", sorted(services) == sorted(f"ocs-{id}" for id in ARCHIVES), sorted(services))
    check_seed(services)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory(prefix="suprsync-containers-") as directory:
        place = Path(directory)
        place.chmod(0o755)
        host = Host(place)
        variables = {"CB_HOST": "127.0.0.1", "OCS_CONFIG_DIR": "/config"}
        containers = {name: Container(image, service, Path(root), place, variables, place / f"{name}.log")
                      for (name, service), root in zip(services.items(), roots, strict=True)}
        try:
            Run(host, containers).everything()
        except (AssertionError, subprocess.SubprocessError, OSError) as failure:
            print(f"FAIL  {failure}", file=sys.stderr)
            for one in containers.values():
                print(f"---- log of {one.name}\n{one.log.read_text() if one.log.exists() else ''}", file=sys.stderr)
            return 1
    print("both containers did what they should")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
