"""Catalogs as the Python agent leaves them after years: made without suprsync, in SQLite's default journal mode."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from .daemon import ARCHIVE
from .place import timecode_now

# As SQLAlchemy emits them for the agent.
TABLES = """
CREATE TABLE supersync_v0 (
    id INTEGER NOT NULL, local_path VARCHAR NOT NULL, local_md5sum VARCHAR NOT NULL, archive_name VARCHAR NOT NULL,
    remote_path VARCHAR NOT NULL, timestamp FLOAT NOT NULL, remote_md5sum VARCHAR, copied FLOAT, removed FLOAT,
    failed_copy_attempts INTEGER, deletable BOOLEAN, "ignore" BOOLEAN, PRIMARY KEY (id));
CREATE TABLE timecode_dirs_v0 (
    id INTEGER NOT NULL, timecode INTEGER NOT NULL, archive_name VARCHAR NOT NULL, completed BOOLEAN, synced BOOLEAN,
    finalized BOOLEAN, finalize_file_id INTEGER, PRIMARY KEY (id),
    FOREIGN KEY(finalize_file_id) REFERENCES supersync_v0 (id));
"""


def make(path: Path, rows: int, per_day: int, failed_each_day: int = 0) -> int:
    """`rows` verified files, `per_day` in a timecode directory, the newest of them four days old; returns the number
    of directories. They are finalized; with `failed_each_day` they are not, and so many files of each have used up
    their attempts."""
    days = (rows + per_day - 1) // per_day
    newest = timecode_now() - 4
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.executescript(TABLES)
    db.execute("BEGIN")
    db.execute(
        """
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows),
        file (i, tc, t, name, sum, bad) AS (
            SELECT i, :newest - :days + 1 + i / :per_day, (:newest - :days + 1 + i / :per_day) * 100000.0 + i % :per_day,
                   printf('%d/ufm_uv%d/%010d_%03d.g3', :newest - :days + 1 + i / :per_day, i % 9, i, i % 1000),
                   printf('%08x%016x%08x', i, i * 7919, i), i % :per_day < :failed FROM n)
        INSERT INTO supersync_v0
        SELECT i + 1, '/data/so/timestreams/' || name, sum, :archive, name, t, iif(bad, NULL, sum), t + 60,
               iif(bad OR i > 0.95 * :rows, NULL, t + 700000), iif(bad, 5, 0), 1, 0 FROM file
        """,
        {"rows": rows, "newest": newest, "days": days, "per_day": per_day, "failed": failed_each_day,
         "archive": ARCHIVE})
    finalized = 0 if failed_each_day else 1
    db.executemany("INSERT INTO timecode_dirs_v0 (timecode, archive_name, completed, synced, finalized) "
                   "VALUES (?, ?, 1, ?, ?)",
                   [(newest - days + 1 + d, ARCHIVE, finalized, finalized) for d in range(days)])
    db.execute("COMMIT")
    db.close()
    return days


def make_pending(path: Path, files: list[str], count: int) -> None:
    """`count` files that wait to be copied, in today's directory; the local `files` take turns."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.executescript(TABLES)
    db.execute("BEGIN")
    top = timecode_now()
    db.executemany(
        'INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp, '
        'failed_copy_attempts, deletable, "ignore") VALUES (?, \'\', ?, ?, ?, 0, 1, 0)',
        ((files[i % len(files)], ARCHIVE, f"{top}/smurf/{i // 1000:04d}/{i:08d}.g3", top * 1e5 + i / 100)
         for i in range(count)))
    db.execute("COMMIT")
    db.close()
