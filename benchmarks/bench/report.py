"""The table (markdown) and the JSON file."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import time
from pathlib import Path

from .figures import Figure


def machine() -> dict:
    """What the figures were measured on."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = next(int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines()
                  if line.startswith("MemTotal"))
    return {"cores": os.cpu_count(), "cpu": model, "kernel": platform.release(),
            "memory_gib": round(memory / 2**20, 1), "load_at_start": os.getloadavg()[0],
            "rsync": first_line("rsync", "--version"), "ssh": first_line("ssh", "-V"),
            "openssl": first_line("openssl", "version")}


def first_line(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return (done.stdout.splitlines() or [""])[0].strip()


def number(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def spread(samples: list[float], unit: str) -> str:
    if not samples:
        return ""
    text = f"{number(statistics.median(samples))} {unit}".rstrip()
    if len(samples) > 1:
        text += f" ({number(min(samples))}..{number(max(samples))})"
    return text


def row(figure: Figure) -> str:
    theirs = spread(figure.theirs, figure.unit)
    if theirs and figure.theirs_are:
        theirs += f" {figure.theirs_are}"
    measured = target = met = ""
    if figure.target:
        name = figure.target.statistic
        measured = f"{name} {number(figure.value())}"
        if name in ("ratio", "speedup") and len(figure.ours) > 1:
            compared = figure.compared()
            measured += f" ({number(min(compared))}..{number(max(compared))})"
        target = figure.target.text(figure.unit)
        met = "met" if figure.met() else "**not met**"
    what = figure.what + (f" ({figure.note})" if figure.note else "")
    return f"| {figure.scenario} | {what} | {spread(figure.ours, figure.unit)} | {theirs} | {measured} | {target} | {met} |"


def table(figures: list[Figure], facts: dict, quick: bool) -> str:
    lines = [f"Measured {time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())} on {facts['cores']} cores, {facts['cpu']}, "
             f"Linux {facts['kernel']}, {facts['memory_gib']} GiB, load {facts['load_at_start']:.1f} at the start; "
             f"{facts['rsync']}; {facts['ssh']}; files and catalog on tmpfs.", ""]
    if quick:
        lines += ["**Quick run: small sizes and few pairs. It shows that the scripts work, not how fast the program is.**", ""]
    lines += ["Samples are shown as median (least..most). A ratio is ours / theirs, the median over pairs.", "",
              "| scenario | figure | ours | bare tools | measured | target | |", "|---|---|---|---|---|---|---|"]
    lines += [row(f) for f in figures]
    return "\n".join(lines) + "\n"


def write(directory: Path, figures: list[Figure], facts: dict, quick: bool) -> str:
    """Writes results.md and results.json; returns the table."""
    directory.mkdir(parents=True, exist_ok=True)
    text = table(figures, facts, quick)
    (directory / "results.md").write_text(text)
    content = {"machine": facts, "quick": quick, "time": time.time(), "figures": [f.as_json() for f in figures]}
    (directory / "results.json").write_text(json.dumps(content, indent=1) + "\n")
    return text
