"""What happens to a machine: processes are killed and hang, the data is unmounted, users log in and out, it is rebooted."""

from __future__ import annotations

from checks import check, wait_until
from site_on_machine import DAY, DROP_INS, SOCKET, Site

LARGE = 8_000_000  # bytes: seconds, for the slow archive


def begin_transfer(site: Site, name: str) -> tuple[str, int]:
    """A transfer that is under way when this returns; its sum and id."""
    md5 = site.make_file(name, LARGE)
    file = site.post(name, "slow")
    wait_until(f"{name} is under way", site.is_under_way)
    return md5, file


def killed(site: Site) -> None:
    """the main process is killed in the midst of a transfer"""
    md5, file = begin_transfer(site, "killed.g3")
    before = site.main_process()
    site.run("kill", "-KILL", str(before))
    wait_until("it is back", lambda: site.came_back(before))
    site.arrives("the transfer went on", "killed.g3", md5, file, "slow")
    site.copies("after the kill", "after-kill.g3")


def hung(site: Site) -> None:
    """the main process hangs"""
    before = site.main_process()
    site.run("kill", "-STOP", str(before))
    wait_until("the watchdog started it anew", lambda: site.came_back(before))
    check("it was the watchdog", "watchdog" in site.said("journalctl", "--unit=suprsync.service", "--output=cat", "--boot").lower())
    site.copies("after the hang", "after-hang.g3")


def unmounted(site: Site) -> None:
    """the data is unmounted"""
    process = site.main_process()
    md5 = site.make_file("unmounted.g3")
    site.run("umount", "--lazy", "/data")
    file = site.insert("unmounted.g3")
    wait_until("it says that the data is not there", lambda: "source_unavailable" in site.conditions())
    check("the file is not failed", site.state(file) != "failed", site.state(file))
    site.run("mount", "/data")
    site.arrives("mounted again, the file", "unmounted.g3", md5, file)
    wait_until("the condition went by itself", lambda: "source_unavailable" not in site.conditions())
    check("it is still the same process", site.is_active() and site.main_process() == process)


def without_its_directory(site: Site) -> None:
    """its runtime directory is removed"""
    process = site.main_process()
    site.run("rm", "-r", "/run/suprsync")
    md5 = site.make_file("without-directory.g3")
    site.insert("without-directory.g3")
    copy = f"/srv/archive/timestreams/{DAY}/without-directory.g3"
    wait_until("it goes on copying", lambda: bool(site.run("test", "-e", copy, fails=None).returncode == 0))
    check("the copy has its content", site.said("md5sum", copy).split()[0] == md5)
    site.run("systemctl", "reload", "suprsync.service")
    check("it can be reloaded, and is the same process", site.main_process() == process)
    site.run("systemctl", "restart", "suprsync.service")
    site.copies("in a new directory", "in-new-directory.g3")


def login_of_its_account(site: Site) -> None:
    """it runs as uid 1000, who logs in and out"""
    site.give_key("cryo")
    site.run("systemctl", "stop", "suprsync.service")
    site.run("chown", "-R", "cryo", "/srv/so/dbs", "/srv/so/suprsync")
    site.drop_in("user", "[Service]\nUser=cryo\nGroup=smurf\n")
    site.run("systemctl", "start", "suprsync.service")
    process = site.main_process()
    check("it runs as uid 1000", site.said("stat", "--format=%u", f"/proc/{process}") == "1000")
    site.copies("as that account", "as-cryo.g3")
    # As root of the machine, who has a key for it.
    site.run("install", "-d", "-m", "700", "/root/.ssh")
    site.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/.ssh/id_ed25519")
    site.write("/home/cryo/.ssh/authorized_keys", site.said("cat", "/root/.ssh/id_ed25519.pub") + "\n", "cryo:smurf", "600")
    session = site.said("ssh", "-o", "StrictHostKeyChecking=no", "cryo@127.0.0.1",
                        "touch /dev/shm/of-cryo && ls -d $XDG_RUNTIME_DIR")
    check("the login was a session of logind", session == "/run/user/1000", session)
    wait_until("logind has cleaned up after it", lambda: bool(site.run(
        "test", "-e", "/run/user/1000", "-o", "-e", "/dev/shm/of-cryo", fails=None).returncode))
    site.copies("after the logout", "after-logout.g3")
    check("it is still the same process", site.is_active() and site.main_process() == process)
    check("nothing is wrong with its runtime directory", "runtime_directory" not in site.conditions())
    check("its socket is the group's, also so", site.said("stat", "--format=%G %a", SOCKET) == "suprsync 660")
    site.run("systemctl", "stop", "suprsync.service")
    site.run("rm", f"{DROP_INS}/user.conf")
    site.run("chown", "-R", "suprsync", "/srv/so/dbs", "/srv/so/suprsync")
    site.run("systemctl", "daemon-reload")
    site.run("systemctl", "start", "suprsync.service")


def reboot_in_a_transfer(site: Site) -> None:
    """the machine is rebooted in the midst of a transfer"""
    md5, file = begin_transfer(site, "rebooted.g3")
    site.machine.reboot()
    wait_until("it is started at boot", site.is_active)
    site.arrives("the transfer went on", "rebooted.g3", md5, file, "slow")
