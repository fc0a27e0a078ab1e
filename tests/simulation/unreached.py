#!/usr/bin/env python3
"""Sides of branches that were never taken, by the export of llvm-cov; those that a list explains are left out.

unreached.py EXPORT.json LIST: a line of the list is FILE | TEXT | SIDE | WHY; FILE may be a pattern, TEXT stands in the line of
the branch (* any), SIDE is true, false or both. Lines of it that explain nothing any more are told, too.
"""
import collections
import fnmatch
import json
import os
import re
import sys

ROOMS = ("engine/rules", "engine/run")
# Of the doers those that decide what is copied, believed, deleted and announced; what others do is told to people.
DECIDING = re.compile(
    "engine/run/(announcing|archive_context|archive_worker|base_sample|batch_|clock_watch|copy_prover|copy_question|deleter|"
    "deletion_proof|destination_|early_sums|finalizer|interrupted_removals|local_names|local_places|lost_copies|"
    "removal_gate|removed_days|scrubber|staging_sweeper|synced_stat|work_check)")


def read_list(path):
    explained = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                explained.append([word.strip() for word in line.split(" | ")])
    return explained


def sides_of(export):
    """By file: {(line, column, side): times}. Templates are there once for each use."""
    sides = collections.defaultdict(collections.Counter)
    for file in export["data"][0]["files"]:
        found = re.search("engine/(rules|run)/[^/]+$", file["filename"])
        if not found or not (found[1] == "rules" or DECIDING.match(found[0])):
            continue
        name = found[0]
        for line, column, _, _, taken, passed, *_ in file["branches"]:
            sides[name][line, column, "true"] += taken
            sides[name][line, column, "false"] += passed
    return sides


def main(export, known):
    with open(export, encoding="utf-8") as text:
        sides = sides_of(json.load(text))
    explained = read_list(known)
    used = set()
    for room in ROOMS:
        reached = listed = every = 0
        left = []
        for name in sorted(n for n in sides if os.path.dirname(n) == room):
            with open(name, encoding="utf-8") as source:
                lines = source.read().split("\n")
            for (line, column, side), times in sorted(sides[name].items()):
                every += 1
                if times:
                    reached += 1
                    continue
                text = lines[line - 1]
                why = [i for i, (file, part, which, _) in enumerate(explained)
                       if fnmatch.fnmatch(name, file) and which in (side, "both") and (part == "*" or part in text)]
                used.update(why)
                if why:
                    listed += 1
                else:
                    left.append(f"{name}:{line}:{column} {side}: {text[column - 1:].strip()}")
        print(f"\n{room}: {reached} of {every} sides of branches reached, {listed} explained, {len(left)} left")
        print("\n".join(left))
    for i, words in enumerate(explained):
        if i not in used:
            print("explains nothing any more: " + " | ".join(words))


main(*sys.argv[1:])
