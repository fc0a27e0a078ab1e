"""The table "What it has survived" of README.md, by the sums of RECORD.md.

    python3 tests/torture/survived.py            prints it
    python3 tests/torture/survived.py --check    fails where README.md has another one
"""

import re
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
README = HERE.parent.parent / "README.md"
HEAD = "| what | how much | files | wrong | again by |"
CUTS = ("power cut here", "power cut there")
# What a line of RECORD.md is about, by its command; in the order of the table.
KINDS = {
    "kill -9 of the daemon, its children and the far side, at random moments": ("run.sh", "tests/torture/run.sh 500"),
    "kills and every other trouble at once": ("run.sh --everything", "tests/torture/run.sh --everything 100"),
    "kill -9 at the n-th system call of a kind": ("run.sh --sweep --kill", "tests/torture/run.sh --sweep --kill"),
    "system calls that fail, the n-th of a kind": ("run.sh --sweep", "tests/torture/run.sh --sweep"),
    "allocations that fail": ("run.sh --malloc", "tests/torture/run.sh --malloc"),
    "power cuts, of either machine, with disks that lose what was not flushed": ("run.sh --power", "tests/torture/run.sh --power 100"),
    "minutes of 200 files a second, with sanitizers": ("run.sh --long", "SUPRSYNC=build/dev/suprsync tests/torture/run.sh --long"),
}
DAYS = ("simulated days of the engine, with faults of every kind, each from a seed",
        "build/release/tests/simulation/simulation_tests --from 1 --days 1000")
GUARDS = ("guards of the rules that are broken on purpose, each to be found in a simulated day", "tests/simulation/mutants.sh")
INPUTS = ("inputs of the fuzz targets", "SUPRSYNC_FUZZ_SECONDS=60 ctest --preset dev -L fuzz")


def number(text):
    return 0 if text == "not noted" else float(text.replace(",", ""))


def tables():
    """Rows of RECORD.md, each a dictionary by the head of its table."""
    rows, head = [], None
    for line in (HERE / "RECORD.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else None
        if not cells:
            head = None
        elif not head:
            head = cells
        elif set(cells[0]) != {"-"}:
            rows.append(dict(zip(head, cells, strict=True)))
    return rows


def kind_of(command):
    """By the longest beginning that fits, whatever the order of its options."""
    words = command.strip("`").removeprefix("tests/torture/").split()
    fitting = [(len(begin.split()), kind) for kind, (begin, _) in KINDS.items() if set(begin.split()) <= set(words)]
    return max(fitting)[1]


def faults_of(row):
    return Counter({what: int(number(count)) for what, count in re.findall(r"([^,]+?) ([\d,]*\d)(?:, |$)", row["faults by class"])})


def line(what, much, files, wrong, command):
    return f"| {what} | {much} | {files} | {wrong} | `{command}` |"


def torture_lines(rows):
    for kind, (_, command) in KINDS.items():
        mine = [row for row in rows if kind_of(row["command"]) == kind]
        faults = sum((faults_of(row) for row in mine), Counter())
        kills = sum(int(number(row["kills"])) for row in mine)
        others = sum(faults.values()) - sum(count for what, count in faults.items() if what.startswith("kill "))
        much = {"run.sh --power": f"{sum(faults[cut] for cut in CUTS):,} cuts",
                "run.sh --long": f"{sum(number(row['minutes']) for row in mine):,.0f} minutes, {others:,} troubles",
                "run.sh --everything": f"{kills:,} kills, {others:,} troubles"}.get(
                    KINDS[kind][0], f"{kills:,} kills" if kills else f"{others:,} faults")
        if mine:
            yield line(kind, much, f"{sum(int(number(row['files'])) for row in mine):,}",
                       f"{sum(int(number(row['lost'])) for row in mine):,}", command)


def all_lines():
    rows = tables()
    days = [row for row in rows if "days" in row]
    inputs = [row for row in rows if "inputs" in row]
    guards = list({row["guard"]: row["found on day"] for row in rows if "guard" in row}.values())
    yield HEAD
    yield "|---|---|---|---|---|"
    yield line(DAYS[0], f"{sum(int(number(row['days'])) for row in days):,} days", f"{sum(int(number(row['files'])) for row in days):,}",
               f"{sum(int(number(row['violated'])) for row in days):,}", DAYS[1])
    if guards:
        found = [int(day) for day in guards if day != "none"]
        yield line(GUARDS[0], f"{len(guards)} guards, found by day {max(found, default='none')}", "", len(guards) - len(found), GUARDS[1])
    yield from torture_lines([row for row in rows if "kills" in row])
    if inputs:
        yield line(INPUTS[0], f"{sum(int(number(row['inputs'])) for row in inputs):,}", "",
                   f"{sum(int(number(row['found'])) for row in inputs):,}", INPUTS[1])


def main():
    table = "\n".join(all_lines())
    if sys.argv[1:] != ["--check"]:
        print(table)
    elif table not in README.read_text(encoding="utf-8"):
        sys.exit("README.md has another table of what was survived than the sums of tests/torture/RECORD.md:\n"
                 f"{table}\n(python3 tests/torture/survived.py)")


main()
