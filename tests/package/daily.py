"""A package is installed, the service is set up and started, files are registered, the configuration is changed."""

from __future__ import annotations

from checks import check, wait_until
from site_on_machine import CATALOG, CONFIGURATION, HASTE, SETTINGS, SLOW, SOCKET, Site


def apt(site: Site, *words: str) -> None:
    site.run("apt-get", "install", "--yes", "--no-install-recommends", "-oDpkg::Use-Pty=0",
             # Who edited the configuration keeps it, and nobody is asked.
             "-oDpkg::Options::=--force-confold", *words, limit=60)


def install(site: Site) -> None:
    """it is installed, and starts nothing"""
    apt(site, "/root/suprsync.deb")
    version = site.said("dpkg-query", "--show", "--showformat=${Version}", "suprsync")
    told = site.said("suprsync", "--version").removeprefix("suprsync ")
    check("program and package have the same version", version.rsplit("-", 1)[0] == told, (version, told))
    check("the service does not run", not site.is_active())
    enabled = site.run("systemctl", "is-enabled", "suprsync.service", fails=True).stdout.strip()
    check("it is not started at boot", enabled == "disabled", enabled)
    home = site.said("getent", "passwd", "suprsync").split(":")[5]
    check("there is an account for it, with a home of its own",
          site.said("stat", "--format=%U:%G", home) == "suprsync:suprsync")
    site.run("systemctl", "start", "suprsync.service", fails=True)
    check("with the configuration as it was installed it says so and stays down",
          (site.property("ActiveState"), site.property("ExecMainStatus")) == ("failed", "2"),
          site.said("systemctl", "status", "--no-pager", "suprsync.service", fails=None))
    site.run("bash", "-c", ". /usr/share/bash-completion/completions/suprsync && complete -p suprsync")
    site.run("zsh", "-n", "/usr/share/zsh/vendor-completions/_suprsync")
    site.run("fish", "--no-execute", "/usr/share/fish/vendor_completions.d/suprsync.fish")


def start(site: Site) -> None:
    """edited, doctor --unit, started"""
    for account in ("pysmurf", "cryo"):
        site.run("usermod", "--append", "--groups", "suprsync", account)
    site.run("chown", "suprsync:suprsync", "/srv/so/suprsync", "/srv/so/dbs")
    site.run("chmod", "2775", "/srv/so/dbs")
    # Other programs of the site write into it.
    site.run("install", "-o", "suprsync", "-g", "suprsync", "-m", "664", "/dev/null", CATALOG)
    site.give_key("suprsync")
    site.configure()
    drop_in = site.said("suprsync", "doctor", "--unit") + "\n"
    check("the mount of the data is named, not a place below it", 'ReadWritePaths="-/data"\n' in drop_in, drop_in)
    site.drop_in("site", drop_in)
    site.drop_in("test", HASTE)
    site.run("systemctl", "enable", "--now", "suprsync.service")
    check("it is active when its start returns", site.is_active())
    wait_until("systemd knows what it does", lambda: bool(site.property("StatusText")))
    whose = site.said("stat", "--format=%G %a", SOCKET)
    check("the socket is the group's", whose == "suprsync 660", whose)
    exposure = site.run("systemd-analyze", "security", "--threshold=20", "--no-pager", "suprsync.service", fails=None)
    check("systemd-analyze finds it exposed by 2.0 at most", exposure.returncode == 0, exposure.stdout[-2000:])


def register(site: Site) -> None:
    """files are registered over the socket and by SQL, and arrive over ssh"""
    md5 = site.make_file("over-http.g3")
    site.arrives("registered over the socket", "over-http.g3", md5, site.post("over-http.g3"))
    md5 = site.make_file("by-sql.g3")
    site.arrives("registered by SQL", "by-sql.g3", md5, site.insert("by-sql.g3"))
    owner = site.said("stat", "--format=%U", "/srv/archive/timestreams/17354/by-sql.g3")
    check("they came over ssh, to the account there", owner == "archive", owner)
    refused = site.run("curl", "--silent", "--unix-socket", SOCKET, "http://localhost/status", user="stranger", fails=True)
    check("a stranger cannot ask at the socket", refused.returncode == 7, refused.returncode)
    listed = site.said("suprsync", "list", "--all", "timestreams", user="pysmurf")
    check("the tools find the catalog for who may read it", "by-sql.g3" in listed, listed)


def reload(site: Site) -> None:
    """good and bad configurations are reloaded"""
    process = site.main_process()
    site.configure(SETTINGS + SLOW + "  - name: added\n    remote_basedir: /srv/archive/added\n    ssh_host: archive@archive\n")
    site.run("systemctl", "reload", "suprsync.service")
    md5 = site.make_file("added.g3")
    site.arrives("a file of an archive that was added", "added.g3", md5, site.post("added.g3", "added"), "added")
    site.configure(SETTINGS + SLOW + "  - name: broken\n    remote_basedir: not/absolute\n")
    site.run("systemctl", "reload", "suprsync.service", fails=True)
    check("a bad configuration does not end it", site.is_active() and site.main_process() == process)
    said = site.said("journalctl", "--unit=suprsync.service", "--output=cat", "--boot")
    check("the mistake is in the journal", "not/absolute" in said, said[-2000:])
    site.run("systemctl", "kill", "--kill-who=main", "--signal=HUP", "suprsync.service")
    wait_until("told all the same, it says that it cannot be read", lambda: "configuration_not_reloaded" in site.conditions())
    site.copies("while the configuration is bad", "bad-configuration.g3")
    site.configure()
    site.run("systemctl", "reload", "suprsync.service")
    wait_until("a good one ends that", lambda: "configuration_not_reloaded" not in site.conditions())
    check("it is still the same process", site.main_process() == process)
    check("the configuration is the site's", site.said("cat", CONFIGURATION) == (SETTINGS + SLOW).strip())
