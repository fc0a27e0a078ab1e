"""The catalog as another program makes it, and files that are registered there."""

import hashlib
import os
import sqlite3
import time

SCHEMA = """
CREATE TABLE IF NOT EXISTS supersync_v0 (id INTEGER NOT NULL, local_path VARCHAR NOT NULL,
  local_md5sum VARCHAR NOT NULL, archive_name VARCHAR NOT NULL, remote_path VARCHAR NOT NULL,
  timestamp FLOAT NOT NULL, remote_md5sum VARCHAR, copied FLOAT, removed FLOAT, failed_copy_attempts INTEGER,
  deletable BOOLEAN, "ignore" BOOLEAN, PRIMARY KEY (id));
CREATE TABLE IF NOT EXISTS timecode_dirs_v0 (id INTEGER NOT NULL, timecode INTEGER NOT NULL,
  archive_name VARCHAR NOT NULL, completed BOOLEAN, synced BOOLEAN, finalized BOOLEAN, finalize_file_id INTEGER,
  PRIMARY KEY (id), FOREIGN KEY(finalize_file_id) REFERENCES supersync_v0 (id));
"""
INSERT = """INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp,
  failed_copy_attempts, deletable, "ignore") VALUES (?, ?, ?, ?, ?, 0, 1, 0)"""


def make_catalog(path):
    catalog = sqlite3.connect(path)
    catalog.execute("PRAGMA journal_mode = WAL")
    catalog.executescript(SCHEMA)
    catalog.close()


class File:
    """A registered file. `registered` is None while nobody knows whether the registration was committed."""

    def __init__(self, archive, remote, local):
        self.archive, self.remote, self.local = archive, remote, local
        self.md5 = None
        self.versions = set()  # md5 of all that it ever was
        self.registered = False
        self.deletion_seen = False

    def write(self, content):
        self.local.parent.mkdir(parents=True, exist_ok=True)
        new = self.local.with_name(self.local.name + ".new")
        with open(new, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self.md5 = hashlib.md5(content).hexdigest()
        self.versions.add(self.md5)
        self.deletion_seen = False
        os.rename(new, self.local)
        # What is registered is on the disk, as its directories are.
        for directory in (self.local.parent, *self.local.parent.parents[:3]):
            descriptor = os.open(directory, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)

    def insert(self, catalog, md5=None, timestamp=None):
        """Registers it in one transaction, with the sum that it has where none is given."""
        with catalog:
            catalog.execute(INSERT, (str(self.local), self.md5 if md5 is None else md5, self.archive, self.remote,
                                     time.time() if timestamp is None else timestamp))
        self.registered = True
