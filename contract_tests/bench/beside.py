"""What stands beside the table: start-up by module, a million orders, the mock beside Prism, our own commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from typing import Any

from . import processes, scale
from .environments import BENCH, ROOT, Unavailable, python_of, run
from .stats import Spread

Told = dict[str, Any]

MOCK = "this mock"
PRISMS = {"Prism 5.14.2": "info", "Prism 5.14.2, silent": "silent"}
CONNECTIONS = (1, 8)
SITE, TOKEN = "580e63e98c9a982ac9b8b741", "mock-token"
CONSTRUCT = f"from webflow_orders import OrdersClient; OrdersClient(token='bench-token', site_id='{SITE}')"


PARTS = {
    "imports": "Import time",
    "scale": "A million orders",
    "prism": "The mock beside Prism",
    "commands": "The project's own commands",
}


def all_of(options: dict[str, Any], only: str | None = None) -> dict[str, Told]:
    """Each part, or one, under its title. One that cannot be had says why, and the others go on."""
    parts: dict[str, Callable[[], Told]] = {
        "imports": lambda: import_time(options["imports"]),
        "scale": lambda: scale.walks(*options["iterated"], options["patience"]),
        "prism": lambda: mock_beside_prism(options["load_rounds"], options["load_seconds"]),
        "commands": lambda: commands(options["generations"]),
    }
    told = {}
    for name, title in PARTS.items():
        if only not in (None, name):
            continue
        print(f"  {title}", flush=True)
        try:
            told[title] = parts[name]()
        except Unavailable as error:
            told[title] = {"lines": [f"Skipped: {error}."]}
    return told


def import_time(times: int) -> Told:
    """Each module's own time, medians over several interpreters, less what a bare interpreter imports."""
    python = str(python_of("ours"))
    bare = {name for name, _ in _imported(python, "pass")}
    runs: dict[str, list[float]] = {}
    for _ in range(times):
        for name, microseconds in _imported(python, CONSTRUCT):
            if name not in bare:
                runs.setdefault(name, []).append(microseconds)
    own = sorted(((median(values), name) for name, values in runs.items()), reverse=True)
    total = sum(each for each, _ in own) / 1000
    lines = [
        f"Import and construct: {total:.0f} ms in modules (`-X importtime`, which costs time too). The ten dearest:",
        "",
        "| module | ms | share |",
        "| --- | ---: | ---: |",
        *(f"| `{name}` | {each / 1000:.1f} | {each / 10 / total:.0f} % |" for each, name in own[:10]),
    ]
    return {"lines": lines, "milliseconds": total, "modules": {name: each / 1000 for each, name in own}}


def _imported(python: str, code: str) -> list[tuple[str, float]]:
    said = run([python, "-c", _STDERR_TO_STDOUT, python, code])
    return [(name, float(own)) for own, name in re.findall(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)", said)]


# -X importtime writes to standard error; `run` gives back standard output.
_STDERR_TO_STDOUT = """
import subprocess, sys
python, code = sys.argv[1:]
done = subprocess.run([python, "-X", "importtime", "-c", code], stderr=subprocess.PIPE, text=True)
sys.stdout.write(done.stderr)
sys.exit(done.returncode)
"""


def mock_beside_prism(rounds: int, seconds: float) -> Told:
    """GET of one order over loopback, the load in a third process; all servers are up, and driven in turn."""
    note: list[str] = []
    with ExitStack() as stack:
        ports = {MOCK: stack.enter_context(processes.mock())}
        try:
            node = _prism()
            for name, level in PRISMS.items():
                ports[name] = stack.enter_context(processes.prism(node, level))
        except Unavailable as error:
            note = [f"Prism was skipped: {error}."]
        rates: dict[str, dict[int, list[float]]] = {name: {at: [] for at in CONNECTIONS} for name in ports}
        for number in range(rounds + 1):
            for name, port in ports.items():
                for at in CONNECTIONS:
                    rate = _rate(port, at, seconds)
                    if number:  # The first round warms up.
                        rates[name][at].append(rate)
    lines = ["| GET one order, answers a second | 1 connection | 8 connections | ratio of this mock's, 8 |"]
    lines += ["| --- | ---: | ---: | ---: |", *(_line(name, rates) for name in rates)]
    return {"lines": [*lines, "", *note, "The target is 10 times Prism's rate. Prism logs each request by default; "
            "silent is Prism at its best. It answers one example, and keeps no state."], "rates": rates}  # fmt: skip


def _line(name: str, rates: dict[str, dict[int, list[float]]]) -> str:
    one, many = (median(rates[name][at]) for at in CONNECTIONS)
    found = Spread.of([ours / each for ours, each in zip(rates[MOCK][8], rates[name][8], strict=True)])
    return (
        f"| {name} | {one:,.0f} | {many:,.0f} | **{found.median:.1f}** ({found.low:.1f}–{found.high:.1f}) |"
    )


def _rate(port: int, connections: int, seconds: float) -> float:
    path = f"/v2/sites/{SITE}/orders/dfa-3f1"
    counted = processes.load(port, path, TOKEN, connections=connections, seconds=seconds)
    if counted["failed"]:
        raise Unavailable(f"{counted['failed']:.0f} of {counted['answers']:.0f} answers were not 200")
    return counted["answers"] / counted["seconds"]


def _prism() -> str:
    """The node that runs Prism, which is installed once."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise Unavailable("it needs node and npm")
    folder = BENCH / "prism"
    # npm writes this file last.
    if not (folder / "node_modules" / ".package-lock.json").exists():
        run([npm, "ci", "--ignore-scripts", "--loglevel=error", "--no-progress"], cwd=folder)
    return node


def commands(times: int) -> Told:
    # --check builds the very same tree, and leaves the one that is there alone.
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        run([sys.executable, "overrides/codegen/generate.py", "--check"])
        spent.append(time.perf_counter() - began)
    lines = [f"- `make generate`: {median(spent):.1f} s, median of {times}; the target is 5 s."]
    return {"lines": [*lines, contract_line()], "generate": spent}


def contract_line() -> str:
    path = ROOT / ".reports" / "contract" / "summary.json"
    try:
        tally = json.loads(path.read_text(encoding="utf-8"))["schemathesis"]
        cases, seconds = sum(row["cases"] for row in tally["rows"].values()), float(tally["seconds"])
        rate = cases / seconds
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError):
        return "- The contract run: no summary of one is here (`make contract` writes it)."
    return f"- The contract run, when it last ran: {cases:,} cases in {seconds:.1f} s, {rate:,.0f} a second."


def machine() -> list[str]:
    """What the figures depend on."""
    busy = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    version = ".".join(map(str, sys.version_info[:3]))
    return [f"Python {version}, {os.cpu_count()} cores, load {busy} when it began; loopback, no TLS."]
