"""Holds conf/monitoring against what a daemon tells: names.py REPOSITORY <METRICS.

Every metric, label and value that the alerts, their tests and the dashboard name is in the metrics on standard input, kinds of
conditions are in docs/messages.md, every alert has a test, and Prometheus takes every expression. Says what is wrong.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

# Prometheus adds them itself.
OF_PROMETHEUS = {"up": {"job", "instance"}}
LABELS_OF_PROMETHEUS = {"job", "instance"}
SELECTOR = re.compile(r"\b(suprsync_\w+|up)\b(?:\s*\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')


def metrics_of(text: str) -> dict[str, dict[str, set[str]]]:
    """By name: the values of each label."""
    found: dict[str, dict[str, set[str]]] = {}
    for line in text.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        name = re.match(r"\w+", line)[0]
        labels = found.setdefault(name, {})
        for label, value in re.findall(r'(\w+)="([^"]*)"', line):
            labels.setdefault(label, set()).add(value)
    return found


def expressions(repository: Path) -> list[tuple[str, str]]:
    """Each with where it stands."""
    found = []
    for group in yaml.safe_load((repository / "conf/monitoring/alerts.yaml").read_text())["groups"]:
        found += [(f"alerts.yaml, {rule['alert']}", rule["expr"]) for rule in group["rules"]]
    for test in yaml.safe_load((repository / "tests/monitoring/alerts_test.yaml").read_text())["tests"]:
        found += [(f"alerts_test.yaml, {test['name']}", entry["series"]) for entry in test["input_series"]]
    dashboard = json.loads((repository / "conf/monitoring/grafana.json").read_text())
    for panel in dashboard["panels"]:
        found += [(f"grafana.json, {panel['title']}", target["expr"]) for target in panel["targets"]]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            metric, label = re.match(r"label_values\((\w+), (\w+)\)$", variable["query"]).groups()
            found.append((f"grafana.json, variable {variable['name']}", f'{metric}{{{label}="$any"}}'))
    return found


def judge(where: str, expression: str, told: dict[str, dict[str, set[str]]], kinds: set[str]) -> list[str]:
    wrong = []
    names = SELECTOR.findall(expression)
    if not names:
        wrong.append(f"{where}: it names no metric")
    for name, matchers in names:
        if name not in told and name not in OF_PROMETHEUS:
            wrong.append(f"{where}: there is no metric {name}")
            continue
        for label, how, values in MATCHER.findall(matchers):
            known = told.get(name, {})
            if label in LABELS_OF_PROMETHEUS:
                continue
            if label not in known:
                wrong.append(f"{where}: {name} has no label {label}")
            if label == "kind":
                wrong += [f"{where}: there is no condition {kind}" for kind in values.split("|") if kind not in kinds]
            if label == "state":
                wrong += [f"{where}: {name} has no state {state}" for state in values.split("|")
                          if state not in known.get("state", set())]
    labels = set().union(*(set(told.get(name, {})) for name, _ in names)) | LABELS_OF_PROMETHEUS
    for grouped in re.findall(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)", expression):
        wrong += [f"{where}: none of its metrics has a label {label}" for label in re.split(r",\s*", grouped)
                  if label not in labels]
    return wrong


def complaints_of_prometheus(all_of_them: list[tuple[str, str]]) -> list[str]:
    rules = [{"record": f"expression:{i}", "expr": re.sub(r"\$\w+", "x", expression)}
             for i, (_, expression) in enumerate(all_of_them)]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}))
        file.flush()
        said = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
    return [] if said.returncode == 0 else [said.stdout + said.stderr]


def untested(repository: Path) -> list[str]:
    groups = yaml.safe_load((repository / "conf/monitoring/alerts.yaml").read_text())["groups"]
    fired = {case["alertname"] for test in yaml.safe_load(
        (repository / "tests/monitoring/alerts_test.yaml").read_text())["tests"]
        for case in test["alert_rule_test"] if case["exp_alerts"]}
    return [f"alerts.yaml: no test has {rule['alert']} fire" for group in groups for rule in group["rules"]
            if rule["alert"] not in fired]


def main() -> int:
    repository = Path(sys.argv[1])
    told = metrics_of(sys.stdin.read())
    kinds = set(re.findall(r"^\| `(\w+)` \|", (repository / "docs/messages.md").read_text(), re.MULTILINE))
    found = expressions(repository)
    wrong = [complaint for where, expression in found for complaint in judge(where, expression, told, kinds)]
    wrong += complaints_of_prometheus([one for one in found if "alerts_test" not in one[0]]) + untested(repository)
    print("\n".join(wrong), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
