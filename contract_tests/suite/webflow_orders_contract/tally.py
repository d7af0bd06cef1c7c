"""Counts what Schemathesis did, operation by operation. The run's own process reads it back from a file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Row:
    """One operation, over all phases."""

    operation: str
    cases: int = 0
    checks: int = 0
    failures: int = 0
    answered_2xx: int = 0
    seconds: float = 0.0
    by_check: dict[str, list[int]] = field(default_factory=dict)
    """For each check, how often it held and how often it did not."""

    def checked(self, check: str, *, held: bool) -> None:
        self.checks += 1
        self.by_check.setdefault(check, [0, 0])[0 if held else 1] += 1


@dataclass
class Failure:
    """What went wrong, and the requests that show it; the last one is the one that failed."""

    operation: str
    check: str
    message: str
    curl: list[str] = field(default_factory=list)
    answer: str = ""


@dataclass
class Tally:
    rows: dict[str, Row] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    finished: bool = False
    stopped: str = ""
    """Why the server must not be asked any more."""
    seconds: float = 0.0

    def row(self, operation: str) -> Row:
        return self.rows.setdefault(operation, Row(operation))

    def fail(self, failure: Failure) -> None:
        self.failures.append(failure)
        if failure.operation in self.rows:
            self.rows[failure.operation].failures += 1

    @property
    def cases(self) -> int:
        return sum(row.cases for row in self.rows.values())

    @property
    def ok(self) -> bool:
        return self.finished and not self.failures and not self.errors

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Tally:
        data = json.loads(path.read_text(encoding="utf-8"))
        data["rows"] = {name: Row(**row) for name, row in data["rows"].items()}
        data["failures"] = [Failure(**failure) for failure in data["failures"]]
        return cls(**data)
