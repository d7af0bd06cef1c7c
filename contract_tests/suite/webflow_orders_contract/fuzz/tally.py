"""What the process of Schemathesis is told, and what it tells: a task in, a tally out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..gateway.exchange import Failure

VARIABLE = "WEBFLOW_ORDERS_CONTRACT_TASK"


@dataclass(frozen=True, kw_only=True)
class Task:
    """`operations`: operationId by Schemathesis's label. A POST to `reset` makes the server start over."""

    tally: str
    operations: Mapping[str, str]
    reset: str | None = None
    private: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Task:
        return cls(**json.loads(environment[VARIABLE]))


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
class Tally:
    rows: dict[str, Row] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    finished: bool = False
    seconds: float = 0.0

    def row(self, operation: str) -> Row:
        return self.rows.setdefault(operation, Row(operation))

    def fail(self, failure: Failure) -> None:
        self.failures.append(failure)
        if failure.where in self.rows:
            self.rows[failure.where].failures += 1

    @property
    def cases(self) -> int:
        return sum(row.cases for row in self.rows.values())

    @property
    def ok(self) -> bool:
        return self.finished and not self.failures and not self.errors

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, text: str) -> Tally:
        data = json.loads(text)
        data["rows"] = {name: Row(**row) for name, row in data["rows"].items()}
        data["failures"] = [Failure(**failure) for failure in data["failures"]]
        return cls(**data)
