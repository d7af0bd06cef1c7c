"""What the page of a report shows, put in order for its template: nothing here is computed twice, or fetched."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .rules import RULES
from .tally import Row, Tally

# Beside the folder of the run, where `make mutants` leaves its score.
MUTANTS = Path("mutants")
OURS = [rule.__name__ for rule in RULES]
SHOWN_DRIFTS = 200


@dataclass(frozen=True)
class Cell:
    """`state` is held, failed or none: the check had nothing to say about this operation."""

    state: str
    count: int
    says: str


@dataclass(frozen=True)
class Matrix:
    checks: list[str]
    rows: list[tuple[str, list[Cell]]]

    @property
    def size(self) -> int:
        return len(self.checks) * len(self.rows)


def matrix(tally: Tally) -> Matrix:
    rows = list(tally.rows.values())
    names = {name for row in rows for name in row.by_check}
    # Those of Schemathesis first, then ours, which know the business; but what failed before all others.
    checks = [*sorted(names - set(OURS)), *(name for name in OURS if name in names)]
    failed = {name for row in rows for name, (_, count) in row.by_check.items() if count}
    checks.sort(key=lambda name: name not in failed)
    return Matrix(checks, [(row.operation, [_cell(row, check) for check in checks]) for row in rows])


def _cell(row: Row, check: str) -> Cell:
    held, failed = row.by_check.get(check, (0, 0))
    name = check.replace("_", " ")
    if failed:
        return Cell("failed", failed, f"{row.operation}: {name} failed {failed} of {held + failed} times")
    if held:
        return Cell("held", held, f"{row.operation}: {name} held {held} times")
    return Cell("none", 0, f"{row.operation}: {name} does not apply")


@dataclass(frozen=True)
class Score:
    """How many servers that are wrong on purpose the suite noticed, of how many; and the names of the others."""

    caught: int
    of: int
    missed: list[str]


def score(reports: Path) -> Score | None:
    """From whatever `make mutants` left there; None when there is nothing that can be read."""
    verdicts = [each for path in sorted(reports.glob("*.json")) for each in _verdicts(path)]
    wrong = [each for each in verdicts if each.get("family") != "healthy"]
    if not wrong:
        return None
    missed = [str(each.get("name", "?")) for each in wrong if not each.get("part")]
    return Score(len(wrong) - len(missed), len(wrong), missed)


def _verdicts(path: Path) -> Iterable[dict[str, Any]]:
    found = _json(path)
    verdicts = found.get("verdicts") if isinstance(found, dict) else None
    return [each for each in verdicts if isinstance(each, dict)] if isinstance(verdicts, list) else []


def drift(path: Path) -> dict[str, Any] | None:
    found = _json(path)
    if not isinstance(found, dict):
        return None
    drifted = [each for each in found["findings"] if each["kind"] != "never seen"]
    never = [each for each in found["findings"] if each["kind"] == "never seen"]
    return found | {"drifted": drifted[:SHOWN_DRIFTS], "never": never}


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
