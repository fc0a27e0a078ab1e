"""What else goes wrong while files are registered: each trouble begins, lasts, and ends.

A trouble is a context manager of a site and a source of chance; NotNow where it cannot come about at the moment. Those in
QUIET want that nobody registers meanwhile."""

import os
import signal
import sqlite3
import struct
from contextlib import contextmanager

DAY = 86400  # s


class NotNow(Exception):
    pass


@contextmanager
def process_stopped(site, choose):
    running = site.processes()
    if not running:
        raise NotNow
    pid = choose.choice(running)[0]
    signal_it(pid, signal.SIGSTOP)
    yield
    signal_it(pid, signal.SIGCONT)


def signal_it(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


@contextmanager
def link_cut(site, choose):
    site.link.cut()
    yield
    site.link.cut()


@contextmanager
def link_stalled(site, choose):
    site.link.stall(True)
    yield
    site.link.stall(False)


@contextmanager
def link_corrupted(site, choose):
    site.link.corrupt(choose.randrange(1, 4))
    yield
    site.link.corrupt(0)


def disk_trouble(begin, end):
    """Of one of the site's disks, by its name."""
    def of(name):
        @contextmanager
        def trouble(site, choose):
            disk = site.disks[name]
            if not begin(disk):
                raise NotNow
            yield
            end(disk)
        return trouble
    return of


def unmount(disk):
    if not disk.place.is_mount():
        return False
    disk.unmount()
    return True


full = disk_trouble(lambda disk: disk.is_full(), lambda disk: disk.has_room())
no_inodes = disk_trouble(lambda disk: disk.has_no_inodes(), lambda disk: disk.has_room())
read_only = disk_trouble(lambda disk: disk.is_read_only(True), lambda disk: disk.is_read_only(False))
unmounted = disk_trouble(unmount, lambda disk: disk.mount())


@contextmanager
def catalog_unmounted(site, choose):
    """And with it the data, whose disk is mounted below it."""
    site.disks["catalog"].unmount()
    yield
    site.disks["catalog"].mount()
    site.disks["data"].mount()


@contextmanager
def catalog_locked(site, choose):
    catalog = sqlite3.connect(site.catalog, timeout=10, isolation_level=None)
    catalog.execute("BEGIN IMMEDIATE")
    yield
    catalog.execute("ROLLBACK")
    catalog.close()


@contextmanager
def catalog_vacuumed(site, choose):
    catalog = sqlite3.connect(site.catalog, timeout=30, isolation_level=None)
    catalog.execute("VACUUM")
    catalog.close()
    yield


@contextmanager
def catalog_replaced(site, choose):
    """By a copy that lacks nothing: nobody could write meanwhile."""
    copy = site.catalog.with_name("copy.db")
    copy.unlink(missing_ok=True)
    writer = sqlite3.connect(site.catalog, timeout=30, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    reader = sqlite3.connect(site.catalog, timeout=30, isolation_level=None)
    reader.execute("VACUUM INTO ?", (str(copy),))
    made = sqlite3.connect(copy, isolation_level=None)
    made.execute("PRAGMA journal_mode = WAL")
    made.close()
    os.rename(copy, site.catalog)
    for beside in ("-wal", "-shm"):
        site.catalog.with_name(site.catalog.name + beside).unlink(missing_ok=True)
    for connection in (reader, writer):
        connection.close()
    yield


def odd_value(choose):
    """Whatever a program that is not ours may write into a column of whatever type."""
    return choose.choice((
        lambda: None, lambda: choose.randrange(-2**63, 2**63), lambda: choose.choice((0, 1, -1, 2**63 - 1, -2**63)),
        lambda: choose.choice((float("inf"), float("-inf"), 1e308, -0.0, choose.random() * 1e10)),
        lambda: choose.randbytes(choose.randrange(200)), lambda: "", lambda: "x" * choose.randrange(70_000),
        lambda: choose.randbytes(choose.randrange(1, 60)).decode("latin-1"),
        lambda: "\u202e\u2028'\"\\\n\x1b[31m\x7f\ufffe" * choose.randrange(1, 4)))()


@contextmanager
def garbage_rows(site, choose):
    catalog = sqlite3.connect(site.catalog, timeout=30, isolation_level=None)
    for _ in range(choose.randrange(1, 6)):
        values = [odd_value(choose) for _ in range(11)]
        # Else most of them are rows of no archive.
        if choose.random() < 0.7:
            values[2] = choose.choice(site.archives)
        # NOT NULL is all that SQLite asks for.
        values[:5] = ["" if value is None else value for value in values[:5]]
        made = catalog.execute("""INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp,
            remote_md5sum, copied, removed, failed_copy_attempts, deletable, "ignore") VALUES (?,?,?,?,?,?,?,?,?,?,?)""", values)
        site.garbage.add(made.lastrowid)
    if choose.random() < 0.3:
        archive, *flags = (odd_value(choose) for _ in range(4))
        catalog.execute("INSERT INTO timecode_dirs_v0 (timecode, archive_name, completed, synced, finalized) VALUES (?,?,?,?,?)",
                        (choose.randrange(10**6), "" if archive is None else archive, *flags))
    catalog.close()
    yield


@contextmanager
def clock_set(site, choose):
    seconds = choose.choice((-3 * DAY, -3600, -90, 90, 3600, 3 * DAY))
    site.clock.write_bytes(struct.pack("q", seconds * 10**9))
    yield
    site.clock.write_bytes(struct.pack("q", 0))


TROUBLES = {
    "process stopped": process_stopped, "link cut": link_cut, "link stalled": link_stalled, "link corrupted": link_corrupted,
    "catalog locked": catalog_locked, "catalog vacuumed": catalog_vacuumed, "catalog with garbage rows": garbage_rows,
    "clock set": clock_set, "catalog replaced": catalog_replaced, "catalog disk unmounted": catalog_unmounted,
    **{f"{name} disk full": full(name) for name in ("data", "catalog", "far")},
    **{f"{name} disk out of inodes": no_inodes(name) for name in ("data", "catalog", "far")},
    **{f"{name} disk read-only": read_only(name) for name in ("data", "far")},
    **{f"{name} disk unmounted": unmounted(name) for name in ("data", "far")},
}
QUIET = {"catalog replaced", "catalog disk unmounted", "data disk read-only", "data disk unmounted"}
