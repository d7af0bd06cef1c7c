"""What came of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .drive import StepResult
from .found import ModelResult
from .tally import Tally


@dataclass(frozen=True)
class Finding:
    """A failure of either part; the last line of `curl` is the request that failed."""

    where: str
    what: str
    message: str
    curl: Sequence[str] = field(default_factory=tuple)
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class Result:
    """`target` names the server for people; `again` says how to bring it back, `replay` how to repeat the run."""

    target: str
    site: str
    tally: Tally
    drive: Sequence[StepResult]
    report: Path
    seconds: float
    seed: int | None
    replay: str
    again: str = ""
    model: ModelResult | None = None

    @property
    def ok(self) -> bool:
        modelled = self.model is None or self.model.ok
        return modelled and self.tally.ok and all(step.verdict == "ok" for step in self.drive)

    def failures(self) -> list[Finding]:
        found = [
            Finding(each.operation, each.check, each.message, each.curl, each.answer)
            for each in self.tally.failures
        ]
        found += [Finding("Schemathesis", "error", error) for error in self.tally.errors]
        if not self.tally.finished:
            found.append(Finding("Schemathesis", "error", "the run was cut short"))
        if self.model is not None and not self.model.ok:
            found.append(
                Finding(
                    "the model",
                    "another answer was due",
                    self.model.complaint,
                    self.model.curl,
                    self.model.answer,
                )
            )
        for step in self.drive:
            if step.verdict == "failed":
                found.append(Finding(f"{step.client} client", step.step, step.note, step.curl, step.answer))
        return found

    def verdict(self) -> str:
        if self.ok:
            return "Everything held."
        count = len(self.failures())
        return f"{count} failure{'s' if count != 1 else ''}."
