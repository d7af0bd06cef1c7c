"""What the page of a report shows, put in order for its template: nothing here is computed twice, or fetched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..gateway.rules import RULES
from .result import Checks, Result

# Beside the folder of the run, where `make mutants` leaves its score.
MUTANTS = Path("mutants")
OURS = [rule.__name__ for rule in RULES]
SHOWN_DRIFTS = 200
# What `make mutants` calls the parts of the suite, and people do.
PARTS = {"model": "the model", "drive": "the client", "schemathesis": "Schemathesis", "rule": "our rules"}


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


def matrix(by_operation: Checks) -> Matrix:
    names = {name for row in by_operation.values() for name in row}
    # Those of Schemathesis first, then ours, which know the business; but what failed before all others.
    checks = [*sorted(names - set(OURS)), *(name for name in OURS if name in names)]
    failed = {name for row in by_operation.values() for name, (_, count) in row.items() if count}
    checks.sort(key=lambda name: name not in failed)
    rows = [
        (name, [_cell(name, check, row.get(check, [0, 0])) for check in checks])
        for name, row in by_operation.items()
    ]
    return Matrix(checks, rows)


def _cell(operation: str, check: str, counts: Sequence[int]) -> Cell:
    held, failed = counts
    name = check.replace("_", " ")
    if failed:
        return Cell("failed", failed, f"{operation}: {name} failed {failed} of {held + failed} times")
    if held:
        return Cell("held", held, f"{operation}: {name} held {held} times")
    return Cell("none", 0, f"{operation}: {name} does not apply")


@dataclass(frozen=True)
class Score:
    """How many servers that are wrong on purpose the suite noticed, of how many; and the names of the others.

    `parts`: how many of them which part of the suite noticed. `families`: of each kind, how many of how many.
    """

    caught: int
    of: int
    missed: list[str]
    parts: dict[str, int]
    families: dict[str, tuple[int, int]]


def score(reports: Path) -> Score | None:
    """From whatever `make mutants` left there; None when there is nothing that can be read."""
    verdicts = [each for path in sorted(reports.glob("*.json")) for each in _verdicts(path)]
    wrong = [each for each in verdicts if each.get("family") != "healthy"]
    if not wrong:
        return None
    missed = [str(each.get("name", "?")) for each in wrong if not each.get("part")]
    parts = Counter(PARTS.get(str(each["part"]), "another part") for each in wrong if each.get("part"))
    families = Counter(str(each.get("family", "?")) for each in wrong)
    caught = Counter(str(each.get("family", "?")) for each in wrong if each.get("part"))
    return Score(
        len(wrong) - len(missed),
        len(wrong),
        missed,
        dict(parts.most_common()),
        {family: (caught[family], count) for family, count in families.items()},
    )


def _verdicts(path: Path) -> Iterable[dict[str, Any]]:
    found = _json(path)
    verdicts = found.get("verdicts") if isinstance(found, dict) else None
    return [each for each in verdicts if isinstance(each, dict)] if isinstance(verdicts, list) else []


@dataclass(frozen=True)
class Fact:
    number: str
    what: str
    bad: bool = False


def facts(result: Result, drift: dict[str, Any] | None, score: Score | None) -> list[Fact]:
    """The numbers at the top; those of what was not done are left out."""
    failures = len(result.causes)
    found = [
        Fact(str(failures), "failure" if failures == 1 else "failures", bad=bool(failures)),
        Fact(f"{result.tally.cases:,}", "requests by Schemathesis"),
        Fact(f"{result.validator.answers:,}", "answers validated"),
    ]
    if result.model is not None:
        found.append(Fact(f"{sum(result.model.compared.values()):,}", "answers compared with the model"))
    found += [Fact(str(len(result.drive)), "steps by the client"), Fact(f"{result.seconds:.0f} s", "in all")]
    if drift is not None:
        count = len(drift["drifted"])
        found.append(Fact(str(count), "differences to the spec", bad=bool(count)))
    if score is not None:
        found.append(Fact(f"{score.caught} of {score.of}", "seeded defects caught", bad=bool(score.missed)))
    return found


def modelled(result: Result) -> list[tuple[str, int]]:
    """Each operation, and how many of its answers were compared with the model's; in the order of the matrix."""
    compared = result.model.compared if result.model is not None else {}
    known = list(result.tally.rows)
    order = sorted(compared, key=lambda name: known.index(name) if name in known else len(known))
    return [(name, compared[name]) for name in order]


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
