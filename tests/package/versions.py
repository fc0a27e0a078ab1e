"""Versions of the package follow one another, and in the end there is none."""

from __future__ import annotations

from checks import check, wait_until
from daily import apt
from hardships import begin_transfer
from site_on_machine import BASE, CATALOG, CONFIGURATION, DROP_INS, SETTINGS, SLOW, Site

SECOND = """
db_path: /var/lib/suprsync-second/suprsync.db
suprsync_file_root: /var/lib/suprsync-second
archives:
  - name: second
    remote_basedir: /srv/archive/second
"""


def installed(site: Site) -> str:
    return site.said("dpkg-query", "--show", "--showformat=${Version}", "suprsync")


def upgrade_under_load(site: Site) -> None:
    """it is upgraded in the midst of a transfer, an instance beside it"""
    site.write("/etc/suprsync/second.yaml", SECOND)
    site.run("systemctl", "start", "suprsync@second.service")
    wait_until("an instance answers at a socket of its own",
               lambda: bool(site.ask("/status", "/run/suprsync-second/http.sock")))
    version, before, instance = installed(site), site.main_process(), site.property("MainPID", "suprsync@second.service")
    md5, file = begin_transfer(site, "upgraded.g3")
    others = {name: site.make_file(name) for name in (f"load-{number}.g3" for number in range(20))}
    ids = {name: site.insert(name) for name in others}
    apt(site, "/root/newer.deb")
    check("it is the newer version", installed(site) != version, version)
    check("the service was restarted", site.came_back(before), site.main_process())
    check("so was the instance", site.property("MainPID", "suprsync@second.service") not in ("0", instance))
    site.arrives("the transfer went on", "upgraded.g3", md5, file, "slow")
    for name, sum in others.items():
        site.arrives(f"of the load {name}", name, sum, ids[name])
    check("the configuration is the site's", site.said("cat", CONFIGURATION) == (SETTINGS + SLOW).strip())
    site.run("grep", "newer version", f"{CONFIGURATION}.dpkg-dist")
    site.run("systemctl", "stop", "suprsync@second.service")


def downgrade(site: Site) -> None:
    """it is downgraded, also from a version with side tables that it does not know"""
    before = site.main_process()
    apt(site, "--allow-downgrades", "/root/suprsync.deb")
    check("the service was restarted", site.came_back(before), site.main_process())
    site.copies("after the downgrade", "after-downgrade.g3")
    rows = site.said("sqlite3", CATALOG, "SELECT count(*) FROM supersync_v0")
    apt(site, "/root/newer.deb")
    site.run("systemctl", "stop", "suprsync.service")
    newer = "UPDATE suprsync_meta SET value = (CAST(value AS INTEGER) + 1) || '.0' WHERE key = 'version'"
    site.run("sqlite3", CATALOG, newer, user="suprsync")
    apt(site, "--allow-downgrades", "/root/suprsync.deb")
    site.run("systemctl", "start", "suprsync.service", fails=True)
    said = site.said("journalctl", "--unit=suprsync.service", "--output=cat", "--lines=20")
    check("newer side tables are refused, with the way back", "suprsync doctor --rebuild-side-tables" in said, said)
    site.run("systemctl", "stop", "suprsync.service")
    site.run("suprsync", "doctor", "--rebuild-side-tables", "--config", CONFIGURATION, user="suprsync")
    site.run("systemctl", "reset-failed", "suprsync.service", fails=None)
    site.run("systemctl", "start", "suprsync.service")
    site.copies("with side tables made anew", "after-rebuild.g3")
    now = site.said("sqlite3", CATALOG, "SELECT count(*) FROM supersync_v0")
    check("all rows are there", int(now) == int(rows) + 1, (rows, now))


def remove_and_purge(site: Site) -> None:
    """it is removed and purged, and the data stays"""
    data = site.said("find", "/data", BASE, "-type", "f")
    site.run("systemctl", "start", "suprsync@second.service")
    site.run("apt-get", "remove", "--yes", "suprsync", limit=120)
    check("the service was stopped", not site.is_active())
    check("so was the instance", not site.is_active("suprsync@second.service"))
    site.run("test", "-e", CONFIGURATION)
    site.run("apt-get", "purge", "--yes", "suprsync", limit=120)
    left = site.said("find", "/usr", "/etc", "/run", "/var/lib/dpkg/info", "/var/lib/systemd/deb-systemd-helper-enabled",
                     "-path", "*suprsync*", fails=None).split()
    expected = {"/etc/suprsync", "/etc/suprsync/second.yaml", DROP_INS, f"{DROP_INS}/site.conf", f"{DROP_INS}/test.conf"}
    check("nothing of the package is left but what the site made", set(left) == expected, sorted(set(left) ^ expected))
    for path in (CATALOG, "/var/lib/suprsync/.ssh/id_ed25519", "/var/lib/suprsync-second/suprsync.db"):
        site.run("test", "-s", path)
    check("the data and its copies are there", site.said("find", "/data", BASE, "-type", "f") == data)
    site.run("getent", "passwd", "suprsync")
