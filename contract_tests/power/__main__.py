"""`python -m contract_tests.power`: what others find of the defects of the mock, and what we find.

python -m contract_tests.power                     # every defect that is not in results.csv yet, and RESULTS.md
python -m contract_tests.power --first 48          # of them 48, evenly spread
python -m contract_tests.power --only ours,dredd   # these tools
python -m contract_tests.power --table             # RESULTS.md again, from what is there
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .processes import shop
from .sample import commit, evenly
from .table import HEALTHY, SEEN, Row, read, render, write
from .tools import NOT_HERE, TOOLS, Outcome, Tool

POWER = Path(__file__).parent
CSV, RESULTS = POWER / "results.csv", POWER / "RESULTS.md"
SECONDS = 40
# What a tool says of the healthy mock in one of these runs, it may say of any.
HEALTHY_RUNS = 2
ABOUT = [
    f"Each tool has {SECONDS} seconds of the processor for each defect; of the processor, because the machine was",
    "shared. What is not done by then has caught what it has said by then. A defect is caught if a tool complains in",
    f"words that it has for none of {HEALTHY_RUNS} runs on the healthy mock. All get the description, the token and",
    "the ids of orders that allow what is to be done; [README.md](README.md) has the settings. The defects and our",
    "suite have the same authors: this says which kinds of faults a tool sees, not how many of all that there are.",
    "What nobody can see from outside is left out; the contract run's `mutants/unseen.py` says what, and why.",
    "",
    *(f"Not here: {name}, which {why}." for name, why in NOT_HERE.items()),
]


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    # Whoever is told to stop stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = []
    for name in given.only.split(",") if given.only else TOOLS:
        if why := None if given.table else TOOLS[name].missing():
            print(f"without {name}: {why}", flush=True)
        else:
            chosen.append(TOOLS[name])
    if not given.table:
        _measure(chosen, evenly(SEEN, 32)[: given.first])
    RESULTS.write_text(render(read(CSV), {each.name: each.title for each in TOOLS.values()}, ABOUT), "utf-8")
    print(f"in {RESULTS.relative_to(POWER.parents[1])} and {CSV.name}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m contract_tests.power", description="Measure ours against others."
    )
    parser.add_argument("--first", type=int, metavar="N", help="so many defects, evenly spread, and no more")
    parser.add_argument("--only", metavar="TOOLS", help=f"of {', '.join(TOOLS)}, with commas")
    parser.add_argument("--table", action="store_true", help="measure nothing, only write the table again")
    return parser


def _measure(tools: Sequence[Tool], defects: Sequence[str]) -> None:
    """Defect by defect, so that the tools are on a par wherever this is interrupted; what is there is kept."""
    rows, now = read(CSV), commit()
    for server in (HEALTHY, *defects):
        for tool in tools:
            if any((each.tool, each.server) == (tool.name, server) for each in rows):
                continue
            row = _healthy(tool) if server == HEALTHY else _judged(tool, server, _known(rows, tool))
            rows.append(replace(row, commit=now))
            write(CSV, rows)
            last = rows[-1]
            print(
                f"{server:<32} {tool.name:<13} {'caught' if last.caught else '-':<7} {last.seconds:5.1f} s",
                flush=True,
            )


def _known(rows: Sequence[Row], tool: Tool) -> frozenset[str]:
    return frozenset(
        next(each for each in rows if (each.tool, each.server) == (tool.name, HEALTHY)).complaints.split("\n")
    )


def _healthy(tool: Tool) -> Row:
    outcomes = [run(tool) for _ in range(HEALTHY_RUNS)]
    for each in outcomes:
        if each.ended.status and not each.complaints:
            raise RuntimeError(f"{tool.name} could not run: {each.ended.last_line}")
    said = sorted(frozenset.union(*(each.complaints for each in outcomes)))
    ended = all(each.ended.status is not None for each in outcomes)
    return Row(
        tool.name, HEALTHY, False, ended, max(each.ended.seconds for each in outcomes), "\n".join(said)
    )


def _judged(tool: Tool, defect: str, known: frozenset[str]) -> Row:
    outcome = run(tool, "--defect", defect)
    new = sorted(outcome.complaints - known)
    # Three show what it saw; there may be hundreds.
    told = "\n".join(each[:200] for each in new[:3])
    return Row(tool.name, defect, bool(new), outcome.ended.status is not None, outcome.ended.seconds, told)


def run(tool: Tool, *arguments: str) -> Outcome:
    """Let a tool loose on a fresh server."""
    with tempfile.TemporaryDirectory(prefix="power-") as folder:
        inner = Path(folder) / "run"
        inner.mkdir()
        with shop(Path(folder) / "shop.log", *arguments) as url:
            return tool.run(url, inner, SECONDS)


if __name__ == "__main__":
    raise SystemExit(main())
