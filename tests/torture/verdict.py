"""What must hold after each round of a campaign, and at its end; what does not is added to its `lost`."""

import hashlib
import re
import sqlite3
import time
from collections import defaultdict

LONGEST_TO_END = 20  # s
ANNOUNCEMENT = re.compile(r"^\d{5}/suprsync/torture/\d+_(\w+)_(\d{5})_finalized\.yaml$")


def rows_of(campaign, sql):
    catalog = sqlite3.connect(campaign.site.catalog, timeout=30)
    catalog.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in catalog.execute(sql)]
    finally:
        catalog.close()


def garbage_of(campaign):
    return ", ".join(map(str, campaign.site.garbage))


def all_settled(campaign):
    """Every row is verified and, where it may be, deleted; every day is announced."""
    # An earlier version of a file that was registered again is left alone; one that was registered by a clock that was ahead
    # is not due before that time.
    waiting = rows_of(campaign, f"""SELECT count(*) AS n FROM supersync_v0 AS s WHERE NOT coalesce("ignore", 0)
        AND id NOT IN ({garbage_of(campaign)})
        AND id = (SELECT max(id) FROM supersync_v0 WHERE archive_name = s.archive_name AND remote_path = s.remote_path)
        AND (remote_md5sum IS NOT local_md5sum OR local_md5sum = '' OR removed IS NULL AND timestamp < {time.time()})""")[0]["n"]
    days = rows_of(campaign, f"""SELECT count(*) AS n FROM timecode_dirs_v0 WHERE NOT coalesce(finalized, 0)
        AND archive_name IN ({", ".join(f"'{name}'" for name in campaign.site.archives)})""")[0]["n"]
    return waiting == 0 and days == 0


def md5(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


def files_below(directory):
    return {str(path.relative_to(directory)): path for path in directory.rglob("*") if not path.is_dir()}


def is_kept_version(campaign, archive, name, path):
    """An earlier version that was published, and by a kill never recorded, is kept for a person; so is what a power cut tore."""
    kept = re.match(r"[^/]+/[^/]+/replaced/\d+-\d+/(.+)$", name)
    return bool(kept) and (campaign.tears or any(
        file.archive == archive and file.remote == kept[1] and md5(path) in file.versions and md5(path) != file.md5
        for file in campaign.files))


def check_deletions(campaign):
    """Whatever is gone here must be there, now. Returns how many are gone since the last look."""
    gone = [file for file in campaign.files if not file.deletion_seen and not file.local.exists()]
    for file in gone:
        file.deletion_seen = True
        there = campaign.site.base(file.archive) / file.remote
        if not there.exists() or md5(there) != file.md5:
            campaign.lost.append(f"{file.local} was deleted, and {there} is not its copy")
    return len(gone)


def check_visible(campaign):
    """Whatever has a file's name there is the whole of it, now. What was deleted was looked at then."""
    for file in (file for file in campaign.files if not file.deletion_seen):
        there = campaign.site.base(file.archive) / file.remote
        try:
            is_known = md5(there) in file.versions
        except FileNotFoundError:
            continue
        if not is_known:
            campaign.lost.append(f"{there} is not what was ever registered for it")


def check_now(campaign):
    """What may be at no moment. Returns how many are gone since the last look."""
    if not campaign.tears:
        check_visible(campaign)
    return check_deletions(campaign)


def left_running(site):
    """What does not end by itself. The other end of an ssh connection ends once sshd has told it, not with the daemon."""
    until = time.monotonic() + LONGEST_TO_END
    while True:
        running = [(pid, words) for pid, words in site.processes() if "sshd" not in words]
        if not running or time.monotonic() > until:
            return running
        time.sleep(0.05)


def judge(campaign):
    site = campaign.site
    rows = rows_of(campaign, f"SELECT * FROM supersync_v0 WHERE id NOT IN ({garbage_of(campaign)}) ORDER BY id")
    latest = {(row["archive_name"], row["remote_path"]): row for row in rows}
    check_registered(campaign, latest)
    check_names(campaign, latest)
    for archive in campaign.site.archives:
        check_announcements(campaign, archive, rows)
        left = [name for name, path in files_below(site.staging(archive)).items()
                if not is_kept_version(campaign, archive, name, path)]
        if left:
            campaign.lost.append(f"left in staging of {archive}: {left[:10]}")
    left = [str(path) for path in (site.run / "suprsync").glob("*")]
    if left:
        campaign.lost.append(f"left in the runtime directory: {left[:10]}")
    if running := left_running(site):
        campaign.lost.append(f"still running after {LONGEST_TO_END} s: {running[:5]}")
    if (found := rows_of(campaign, "PRAGMA integrity_check")[0]["integrity_check"]) != "ok":
        campaign.lost.append(f"the catalog is damaged: {found}")


def check_registered(campaign, latest):
    for file in campaign.files:
        row = latest.get((file.archive, file.remote))
        if row is None:
            if file.registered:
                campaign.lost.append(f"{file.remote} was registered, and the catalog has no row of it")
            continue
        there = campaign.site.base(file.archive) / file.remote
        arrived = there.exists() and md5(there) == file.md5
        if not arrived:
            kept = file.local.exists() and md5(file.local) == file.md5
            campaign.lost.append(f"{file.remote} did not arrive, and is {'still here' if kept else 'LOST'}: {row}")
        elif row["remote_md5sum"] != file.md5 or row["local_md5sum"] != file.md5:
            campaign.lost.append(f"{file.remote} arrived and is not verified: {row}")


def check_names(campaign, latest):
    for archive in campaign.site.archives:
        base = campaign.site.base(archive)
        foreign = [name for name in files_below(base) if (archive, name) not in latest]
        if foreign:
            campaign.lost.append(f"nobody registered these below {base}: {foreign[:10]}")


def check_announcements(campaign, archive, rows):
    """The last announcement of each day counts all of it, and no two have one revision."""
    paths, revisions = defaultdict(set), defaultdict(list)
    for row in rows:
        if row["archive_name"] != archive or row["ignore"]:
            continue
        announced = ANNOUNCEMENT.match(row["remote_path"])
        if not announced:
            paths[int(row["remote_path"][:5])].add(row["remote_path"])
            continue
        file = campaign.site.base(archive) / row["remote_path"]
        if not file.exists():
            campaign.lost.append(f"the announcement {file} is not there")
            continue
        said = dict(re.findall(r'^(\w+): "?([^"\n]*)"?$', file.read_text(), re.MULTILINE))
        timecode = int(announced[2])
        if int(said["timecode"]) != timecode or said["archive_name"] != archive:
            campaign.lost.append(f"{file} says {said}")
        revisions[timecode].append((int(said.get("revision", 1)), int(said["num_files"])))
    for timecode, names in paths.items():
        said = revisions.get(timecode, [])
        numbers = [number for number, _ in said]
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            campaign.lost.append(f"{archive} {timecode}: revisions {numbers}")
        elif not said or max(said)[1] != len(names):
            campaign.lost.append(f"{archive} {timecode}: {len(names)} files, announced {said}")
